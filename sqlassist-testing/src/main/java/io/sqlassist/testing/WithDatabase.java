package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A real database for the tests of a class, which nobody has to install and nobody else sees:
 *
 * <pre>{@code
 * @SqlAssistTest
 * @WithDatabase(name = "shop", product = DatabaseProduct.POSTGRESQL)
 * class BooksTest {
 *
 *   @BeforeAll
 *   static void start(TestDatabase shop) {
 *     SqlAssist.initializeEngine("writer", shop::configure);
 *   }
 *
 *   @AfterAll
 *   static void stop() {
 *     SqlAssist.shutdown(); // the next class has engines of the same names
 *   }
 * }
 * }</pre>
 *
 * <p>It is there before the first {@code @BeforeAll} method. With {@link Lifetime#RUN}, the
 * default, all classes that name the same database and product get the same one, with the tables
 * and the rows that those before have left: it costs its start once. With {@link Lifetime#CLASS}
 * each class gets an empty one of its own, which is dropped after its last test; on a server that
 * costs some 100 ms. Nothing is left behind when the JVM ends, however it ends.
 *
 * <p>A class has the databases of its superclass, too; of two with the same name its own one
 * counts.
 *
 * <p>Immutable; may be read by any thread. Works without {@link SqlAssistTest}, too.
 */
@Documented
@Inherited
@Repeatable(WithDatabase.List.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(WithDatabaseExtension.class)
public @interface WithDatabase {

  /**
   * What the tests call it; the database itself has a name of its own.
   *
   * @return a name, by which {@link TestDatabases#get} finds it
   */
  String name() default "test";

  /**
   * Which database it is.
   *
   * @return H2 by default
   */
  DatabaseProduct product() default DatabaseProduct.H2;

  /**
   * How long it lives.
   *
   * @return as long as the JVM by default
   */
  Lifetime lifetime() default Lifetime.RUN;

  /**
   * How long a database lives.
   *
   * <p>Immutable.
   */
  enum Lifetime {
    /** As long as the JVM; shared by all classes that name it. */
    RUN,
    /** From before the first test of the class to after its last one. */
    CLASS
  }

  /**
   * Several of these.
   *
   * <p>Immutable; may be read by any thread.
   */
  @Documented
  @Inherited
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @ExtendWith(WithDatabaseExtension.class)
  @interface List {

    /**
     * All of them.
     *
     * @return one for each database
     */
    WithDatabase[] value();
  }
}
