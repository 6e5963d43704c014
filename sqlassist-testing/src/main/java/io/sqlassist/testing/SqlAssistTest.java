package io.sqlassist.testing;

import io.sqlassist.session.DbSessionsContainer;
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
   * refused to who asks for it, on whichever thread, and fails the test, also if the application
   * swallowed the refusal: see {@link UndeclaredEngineException}. Sessions outside of units of work
   * ({@code engine.openSession()}) are refused when they need a connection, if the {@link
   * Instruments} were added before the engine was initialised. What goes around the engine, by way
   * of {@code engine.dataSource()}, is not seen. Nor is what {@code @BeforeAll} and
   * {@code @AfterAll} methods do: there any engine may be used, and what it commits stays.
   *
   * @return names of engines, or those that the engines of tenants share. Default: none named,
   *     which means all of them
   */
  String[] engines() default {};

  /**
   * How what the test does is undone.
   *
   * @return the way
   */
  Transactions transactions() default Transactions.SHARED;

  /**
   * The unit of work that is current on the test's thread, outside of any request: also in
   * {@code @BeforeEach} and {@code @AfterEach} methods, and where a time limit runs the test on a
   * thread of its own. It is a parameter of the test, if the test wants it: {@code
   * DbSessionsContainer db}.
   *
   * @return how it ends
   */
  TestUnit unit() default TestUnit.ROLL_BACK;

  /**
   * The class of that unit, for subclasses that give engines a name of their own.
   *
   * @return a class with the constructor of {@code DbSessionsContainer}
   */
  Class<? extends DbSessionsContainer> container() default DbSessionsContainer.class;

  /**
   * Where the engines are. There is one object of the class in a run, which is asked before each
   * test; if it is {@code AutoCloseable} it is closed at the end of the run.
   *
   * @return a class with a constructor without parameters. Default: the shared registry of {@code
   *     SqlAssist}
   */
  Class<? extends RegistrySource> registry() default SharedRegistry.class;

  /**
   * Tables that {@link Transactions#SEPARATE} does not empty, since they hold what every test
   * needs: countries, for example. The histories of Flyway and Liquibase, under their usual names,
   * are never emptied.
   *
   * @return names of tables; capital and small letters don't matter
   */
  String[] keep() default {};

  /**
   * Whether {@link Transactions#SEPARATE} also lets sequences and identity columns begin anew, so
   * that each test gets the same keys. Slower. Those of tables that are kept go on.
   *
   * @return default: false
   */
  boolean restartSequences() default false;
}
