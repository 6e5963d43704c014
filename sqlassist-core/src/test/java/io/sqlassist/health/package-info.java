/** Which engines are up. */
package io.sqlassist.health;
