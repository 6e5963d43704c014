package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A test over the engines of an application: says which it may use, and how what it does is undone.
 * Stands on a class, on a method, or on an annotation of your own. The nearest one counts: that of
 * the method, else that of the class, else that of the class around it.
 *
 * <p>Immutable; may be read by any thread. Tests with this annotation run one after the other, also
 * where tests run in parallel, since units of work of an application don't say which test they are
 * for.
 *
 * @see SqlAssistExtension the same for those who rather program it
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(SqlAssistExtension.class)
@ResourceLock(SqlAssistExtension.LOCK)
public @interface SqlAssistTest {

  /**
   * The engines that the test may use, itself or by way of the application. Any other one is
   * refused to who asks for it, and fails the test, also if the application swallowed the refusal.
   * Default: none named, which means all of them.
   *
   * @return names of engines
   */
  String[] engines() default {};

  /**
   * How what the test does is undone.
   *
   * @return the way
   */
  Transactions transactions() default Transactions.SHARED;

  /**
   * The unit of work that is current on the test's thread, outside of any request.
   *
   * @return how it ends
   */
  TestUnit unit() default TestUnit.ROLL_BACK;

  /**
   * Where the engines are. Default: in the shared registry of {@code SqlAssist}.
   *
   * @return a class with a constructor without parameters
   */
  Class<? extends RegistrySource> registry() default SharedRegistry.class;
}
