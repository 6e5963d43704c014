/** What goes over the wire: round trips, counted in front of PostgreSQL. */
package io.sqlassist.wire;
