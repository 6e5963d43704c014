/**
 * What happens between an application and its databases, recorded: by request, by test, or in the
 * background. Knows the core, no web framework.
 *
 * <p><b>Recording.</b> A {@link io.sqlassist.trace.Recorder} is an observer of a registry. It wraps
 * the data sources of the engines that are initialised after it was added, and hears of every unit
 * of work.
 *
 * <pre>{@code
 * Recorder recorder = new Recorder(cfg -> cfg.recordingOf(
 *     request -> request instanceof Context ctx ? ctx.attribute("recording") : null));
 * registry.observe(recorder);                  // before the engines are initialised
 *
 * Recording recording = recorder.begin("GET /books");         // first thing of a request
 * ctx.attribute("recording", recording);
 * ...                                                         // on whatever threads
 * Totals known = recording.totals();                          // for headers, before the body is written
 * recording.describe(new RequestInfo(...));                   // method, path, route, final status
 * Trace trace = recording.finish();                           // last thing: into the store
 * }</pre>
 *
 * <p><b>Whose statement is it?</b> In this order: that of the request to which the unit of work
 * belongs, by the attribute {@code "request"} that the unit's origin tells; else that of the
 * recording which is {@linkplain io.sqlassist.trace.Recording#attach() attached} to the thread that
 * acquires the connection; else the {@linkplain io.sqlassist.trace.Recorder#background()
 * background}'s. A connection that was acquired for one recording stays its until it is released.
 *
 * <p><b>In tests.</b> {@link io.sqlassist.trace.Recorder#record} does it in one step:
 *
 * <pre>{@code
 * Trace trace = recorder.record("all authors", () -> SqlAssist.inUnit(db -> authors.all(db)));
 * assertThat(trace.findings()).isEmpty();                     // no N+1, no leak, nothing slow
 * }</pre>
 *
 * <p><b>Reading.</b> {@link io.sqlassist.trace.TraceStore} has what is finished: {@code list()},
 * {@code find(id)}, {@code pin(id)}, {@code clear()}, and a listener for what comes new. {@link
 * io.sqlassist.trace.Trace} and everything in it are immutable records. {@link
 * io.sqlassist.trace.Recorder#holders()} tells who holds connections now, {@link
 * io.sqlassist.trace.Recorder#pools()} how the pools fare; {@code samplePools()} is to be called at
 * the end of a request and each second while somebody looks. {@code Engines} describes engines and
 * entities, {@link io.sqlassist.trace.Explain} asks a database for its plan, and {@link
 * io.sqlassist.trace.SqlFormat} lays out a statement for reading.
 *
 * <p><b>Promises.</b> Nothing here reaches the application: a failure of the recorder is counted
 * and otherwise ignored. No object of the application, of Hibernate or of JDBC is kept, only text
 * and numbers, within the bounds of {@link io.sqlassist.trace.RecorderConfig}. Values of columns
 * that may hold a secret are masked before they are stored.
 */
@NullMarked
package io.sqlassist.trace;

import org.jspecify.annotations.NullMarked;
