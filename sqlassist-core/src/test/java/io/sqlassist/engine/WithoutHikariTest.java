package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs an application in a class loader of its own, from a class path without HikariCP. */
class WithoutHikariTest {

  /** The application, as loaded there. */
  public static final class Application {

    private Application() {}

    public static String ownDataSource() {
      try (EngineRegistry registry = EngineRegistry.create(Observer.NONE)) {
        registry.initializeEngine(
            "writer",
            H2.dataSource(),
            c -> c.entities(Book.class).property("hibernate.hbm2ddl.auto", "create"));
        Units.useUnit(registry, db -> db.writer().persist(new Book(1, "one")));
        return Units.inUnit(registry, db -> db.writer().find(Book.class, 1L).title());
      }
    }

    public static void url() {
      try (EngineRegistry registry = EngineRegistry.create(Observer.NONE)) {
        registry.initializeEngine("writer", c -> c.entities().url(H2.url()));
      }
    }

    public static void settings() {
      try (EngineRegistry registry = EngineRegistry.create(Observer.NONE)) {
        registry.initializeEngines(
            EngineSettings.of(
                Map.of(
                    "sqlassist.engines.a.url", H2.url(),
                    "sqlassist.engines.b.url", H2.url(),
                    "sqlassist.engines.b.pool.maximumPoolSize", "3")));
      }
    }

    public static String settingsOfAnOwnDataSource() {
      try (EngineRegistry registry = EngineRegistry.create(Observer.NONE)) {
        EngineSettings settings =
            EngineSettings.of(
                    Map.of(
                        "sqlassist.engines.reader.data-source", "application",
                        "sqlassist.engines.reader.entities", "none"))
                .withEnvironment(Map.of("SQLASSIST_ENGINES_READER_READ_ONLY", "true"));
        registry.initializeEngine("reader", H2.dataSource(), settings.engine("reader"));
        return registry.engine("reader").toString();
      }
    }
  }

  private static URLClassLoader loader;

  @BeforeAll
  static void load() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!each.contains("HikariCP")) {
        urls.add(Path.of(each).toUri().toURL());
      }
    }
    loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  @AfterAll
  static void unload() throws Exception {
    loader.close();
  }

  private static Object run(String method) throws Throwable {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return loader.loadClass(Application.class.getName()).getMethod(method).invoke(null);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void hikariIsReallyMissing() {
    assertThatThrownBy(() -> loader.loadClass("com.zaxxer.hikari.HikariDataSource"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void applicationWithItsOwnDataSourceWorks() throws Throwable {
    assertThat(run("ownDataSource")).isEqualTo("one");
  }

  @Test
  void urlSaysWhatIsMissing() {
    assertThatThrownBy(() -> run("url"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("com.zaxxer:HikariCP")
        .hasMessageContaining("hand in a DataSource");
  }

  @Test
  void settingsOfAPoolSayWhatIsMissing() {
    assertThatThrownBy(() -> run("settings"))
        .hasMessageContainingAll(
            "Engine 'a' has a url(...), but HikariCP is not on the class path",
            "'sqlassist.engines.b.pool.maximumPoolSize': HikariCP is not on the class path");
  }

  @Test
  void settingsOfAnEngineOnAnOwnDataSourceWork() throws Throwable {
    assertThat(run("settingsOfAnOwnDataSource")).isEqualTo("Engine[reader, READ_ONLY]");
  }
}
