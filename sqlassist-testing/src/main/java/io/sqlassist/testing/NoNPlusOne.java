package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a test of {@link SqlAssistTest} fail if a query was repeated from one place within one unit
 * of work: the pattern of a collection that is loaded for each entity. The message names the query
 * and the place. That of the method goes before that of the class.
 *
 * <p>It judges by the text of the query, its place in the code and the unit of work, not by what
 * caused it: a loop with a {@code find} is found as well. Hibernate's queries for the next ids of
 * new entities are left out. It is not found with fewer entities than {@link #repeats}, so give the
 * test enough data.
 *
 * <p>Immutable; may be read by any thread.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface NoNPlusOne {

  /**
   * How often a query must come to be called repeated. Default: three times.
   *
   * @return at least 2; {@code Integer.MAX_VALUE} allows everything
   */
  int repeats() default 3;
}
