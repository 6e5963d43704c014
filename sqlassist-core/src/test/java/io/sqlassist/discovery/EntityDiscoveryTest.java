package io.sqlassist.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.discovery.shop.OwnShop;
import io.sqlassist.discovery.shop.Product;
import io.sqlassist.discovery.shop.stock.Shelf;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineSettings;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.sql.DataSource;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityDiscoveryTest {

  private static final List<String> SHOP =
      List.of("OwnShop", "Product", "stock/Shelf", "Base", "Money", "MoneyConverter", "NotMapped");

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void close() {
    registry.close();
  }

  // declared

  @Test
  void declaredClassesAreTheEntities() {
    Engine engine = registry.initializeEngine("e", H2.dataSource(), c -> c.entities(Book.class));

    assertThat(engine.options().entities()).containsExactly(Book.class);
    assertThat(observer.started()).singleElement().asString().endsWith(", entities [Book]");
  }

  @Test
  void declaredClassesAndPackagesAddUp() {
    Engine engine =
        registry.initializeEngine(
            "e",
            H2.dataSource(),
            c -> c.entities(Book.class).entityPackages("io.sqlassist.discovery.shop.stock"));

    assertThat(engine.options().entities()).containsExactly(Book.class, Shelf.class);
  }

  @Test
  void packageStandsForThosesBelowToo() {
    Engine engine =
        registry.initializeEngine(
            "e", H2.dataSource(), c -> c.entityPackages("io.sqlassist.discovery.shop"));

    assertThat(engine.options().entities()).contains(Product.class, Shelf.class);
  }

  @Test
  void packageDoesNotStandForThoseThatOnlyBeginLikeIt() {
    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "e", H2.dataSource(), c -> c.entityPackages("io.sqlassist.disco")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("io.sqlassist.disco")
        .hasMessageContaining("entities(...)");
  }

  @Test
  void declarationReplacesThatOfTheDefaults() {
    registry.defaults(c -> c.entityPackages("io.sqlassist.discovery.shop"));

    Engine inherits = registry.initializeEngine("a", H2.dataSource());
    Engine own = registry.initializeEngine("b", H2.dataSource(), c -> c.entities(Book.class));

    assertThat(inherits.options().entities()).contains(Product.class, Shelf.class);
    assertThat(own.options().entities()).containsExactly(Book.class);
  }

  @Test
  void noneDeclaredIsAPlainEngineThatRunsNativeSql() {
    Engine engine = registry.initializeEngine("e", H2.dataSource(), c -> c.entities());

    assertThat(engine.options().entities()).isEmpty();
    assertThat(observer.started()).singleElement().asString().endsWith(", plain (no entities)");
    int one =
        Units.inUnit(
            registry,
            db -> db.session("e").createNativeQuery("select 1", Integer.class).getSingleResult());
    assertThat(one).isEqualTo(1);
  }

  // found below the caller

  @Test
  void classesBelowTheCallersPackageAreFoundInFolders() {
    Engine engine = OwnShop.start(registry, H2.dataSource());

    assertThat(engine.options().entities())
        .extracting(Class::getSimpleName)
        .containsExactlyInAnyOrder("Product", "Shelf", "Base", "Money", "MoneyConverter");
  }

  @Test
  void classesBelowTheCallersPackageAreFoundForEnginesFromText() {
    EngineSettings settings = EngineSettings.of(Map.of("sqlassist.engines.shop.url", H2.url()));
    try {
      assertThat(OwnShop.startStaticallyFromText(settings).options().entities())
          .hasSize(5)
          .contains(Product.class, Shelf.class)
          .isEqualTo(OwnShop.startFromText(registry, settings).options().entities());
    } finally {
      SqlAssist.shutdown();
    }
  }

  @Test
  void whatWasFoundIsToldToTheObserver() {
    OwnShop.start(registry, H2.dataSource());

    assertThat(observer.started())
        .singleElement()
        .asString()
        .contains("Product")
        .contains("Shelf")
        .endsWith(" found below io.sqlassist.discovery.shop");
  }

  @Test
  void embeddablesMappedSuperclassesAndConvertersWork() {
    OwnShop.start(registry, H2.dataSource());

    Units.useUnit(registry, db -> db.session("shop").persist(new Product(1, 250)));
    Units.useUnit(
        registry,
        db -> {
          assertThat(db.session("shop").find(Product.class, 1L).cents()).isEqualTo(250);
          assertThat(
                  db.session("shop")
                      .createNativeQuery("select note from Product", String.class)
                      .getSingleResult())
              .isEqualTo("<converted>");
        });
  }

  @Test
  void callerIsFoundThroughTheStaticFaceToo() {
    SqlAssist.shutdown();
    try {
      Engine engine = OwnShop.startStatically(H2.dataSource());

      assertThat(engine.options().entities()).contains(Product.class, Shelf.class);
    } finally {
      SqlAssist.shutdown();
    }
  }

  @Test
  void callerWithoutEntitiesGetsAPlainEngine() {
    Engine engine = io.sqlassist.discovery.bare.BareShop.start(registry, H2.dataSource());

    assertThat(engine.options().entities()).isEmpty();
    assertThat(observer.started()).singleElement().asString().endsWith(", plain (no entities)");
  }

  // jars and modules

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void classesBelowTheCallersPackageAreFoundInAJar(boolean withFolderEntries, @TempDir Path folder)
      throws Exception {
    Path jar = shopJar(folder.resolve("a shop.jar"), withFolderEntries);
    try (ShopLoader loader = new ShopLoader(jar)) {
      Class<?> shop = loader.loadClass(OwnShop.class.getName());
      assertThat(shop).isNotSameAs(OwnShop.class);

      Engine engine = start(shop);

      assertThat(engine.options().entities())
          .extracting(Class::getSimpleName)
          .containsExactlyInAnyOrder("Product", "Shelf", "Base", "Money", "MoneyConverter");
      assertThat(engine.options().entities())
          .allSatisfy(type -> assertThat(type.getClassLoader()).isSameAs(loader));
      registry.close();
    }
  }

  @Test
  void classesBelowTheCallersPackageAreFoundInANamedModule(@TempDir Path folder) throws Exception {
    Path jar = shopJar(folder.resolve("shop.module-1.0.jar"), true);
    ModuleFinder finder = ModuleFinder.of(jar);
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration().resolve(finder, ModuleFinder.of(), Set.of("shop.module"));
    ModuleLayer layer = boot.defineModulesWithOneLoader(configuration, getClass().getClassLoader());
    Class<?> shop = layer.findLoader("shop.module").loadClass(OwnShop.class.getName());
    assertThat(shop.getModule().getName()).isEqualTo("shop.module");

    Engine engine = start(shop);

    assertThat(engine.options().entities())
        .extracting(Class::getSimpleName)
        .contains("Product", "Shelf");
    assertThat(engine.options().entities())
        .allSatisfy(type -> assertThat(type.getModule().getName()).isEqualTo("shop.module"));
  }

  @Test
  void classesBelowAScriptInTheUnnamedPackageAreFound(@TempDir Path folder) throws Exception {
    Path source = folder.resolve("Script.java");
    Files.writeString(
        source,
        """
        import io.sqlassist.engine.*;
        import jakarta.persistence.*;

        public class Script {
          @Entity public static class Item { @Id long id; }

          public static Engine start(EngineRegistry registry, javax.sql.DataSource dataSource) {
            return registry.initializeEngine("script", dataSource);
          }
        }
        """);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(result).isZero();
    try (ShopLoader loader = new ShopLoader(folder)) {
      Engine engine = start(loader.loadClass("Script"));

      assertThat(engine.options().entities())
          .extracting(Class::getName)
          .containsExactly("Script$Item");
      registry.close();
    }
  }

  private Engine start(Class<?> shop) throws ReflectiveOperationException {
    try {
      return (Engine)
          shop.getMethod("start", EngineRegistry.class, DataSource.class)
              .invoke(null, registry, H2.dataSource());
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** The shop of this test as a jar. */
  private static Path shopJar(Path jar, boolean withFolderEntries) throws IOException {
    String root = "io/sqlassist/discovery/shop/";
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      if (withFolderEntries) {
        for (String each :
            List.of("io/", "io/sqlassist/", "io/sqlassist/discovery/", root, root + "stock/")) {
          entries.putNextEntry(new JarEntry(each));
        }
      }
      for (String each : SHOP) {
        String name = root + each + ".class";
        entries.putNextEntry(new JarEntry(name));
        try (InputStream in = EntityDiscoveryTest.class.getResourceAsStream("/" + name)) {
          in.transferTo(entries);
        }
      }
      entries.putNextEntry(new JarEntry("readme.txt"));
      entries.write("a shop".getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  /** Takes the application from a jar or folder and everything else from the test's class path. */
  private static final class ShopLoader extends URLClassLoader {
    ShopLoader(Path jarOrFolder) throws IOException {
      super(new URL[] {jarOrFolder.toUri().toURL()}, EntityDiscoveryTest.class.getClassLoader());
    }

    @Override
    public URL getResource(String name) {
      return findResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return findResources(name);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.sqlassist.discovery.shop.")) {
        synchronized (getClassLoadingLock(name)) {
          Class<?> loaded = findLoadedClass(name);
          return loaded != null ? loaded : findClass(name);
        }
      }
      return super.loadClass(name, resolve);
    }
  }
}
