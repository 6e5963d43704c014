/**
 * What a unit of work costs: JMH for the inside, a bounded load on the loopback interface for whole
 * requests. Everything is compared with hand-written code in the same run.
 */
@NullMarked
package io.sqlassist.benchmarks;

import org.jspecify.annotations.NullMarked;
