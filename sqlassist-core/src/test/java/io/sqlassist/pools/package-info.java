/** An application, as far as pools go. In a package of its own, since places in it are told. */
package io.sqlassist.pools;
