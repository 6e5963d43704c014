/**
 * The debug panel: pages that show what each request did to which engine, a toolbar in the
 * application's own pages, headers, a JSON API and exports. For development only, and off unless
 * everything says so: see {@link io.sqlassist.debugpanel.DebugPanelPlugin}.
 *
 * <p>What is shown is recorded by {@link io.sqlassist.trace}, which knows no web. Here is what ties
 * it to Javalin: where a request begins and ends, who may see what was recorded, and how it is
 * shown. The configuration is written once, at start; everything else is thread-safe.
 */
@NullMarked
package io.sqlassist.debugpanel;

import org.jspecify.annotations.NullMarked;
