/** Which engine a unit of work gets: by entity, by tenant, to read what it wrote. */
package io.sqlassist.routing;
