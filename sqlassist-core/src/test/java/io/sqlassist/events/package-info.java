/** What happens around connections: listeners, observers, SQL comments. */
package io.sqlassist.events;
