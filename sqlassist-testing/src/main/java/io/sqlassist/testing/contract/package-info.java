/**
 * What implementors of SqlAssist's interfaces promise, as tests: extend the abstract class of the
 * interface in your tests, and it runs against your implementation. Ours run them, too.
 */
@NullMarked
package io.sqlassist.testing.contract;

import org.jspecify.annotations.NullMarked;
