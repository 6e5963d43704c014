/** An application, as far as schema go. In a package of its own, since places in it are told. */
package io.sqlassist.schema;
