package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that is a named module starts on the module path. */
class ModulePathIT {

  /** What an application has at run time; the rest of the class path is for tests only. */
  private static final Pattern RUN_TIME =
      Pattern.compile(
          "sqlassist-(core|jta)|hibernate-(core|models)|jakarta|jboss|narayana|agroal|byte-buddy"
              + "|antlr4|classmate|jaxb|txw2|istack|angus|HikariCP|slf4j|logback|jspecify|h2-"
              + "|jandex");

  private static final String MODULE_INFO =
      """
      module shop {
        requires io.sqlassist.jta;
        requires io.sqlassist.core;
        requires com.h2database;
        requires java.sql;
        opens shop.model to org.hibernate.orm.core;
      }
      """;

  private static final String ENTITY =
      """
      package shop.model;
      @jakarta.persistence.Entity
      public class Title {
        @jakarta.persistence.Id @jakarta.persistence.GeneratedValue Long id;
        String text = "Emma";
      }
      """;

  private static final String MAIN =
      """
      package shop;
      import io.sqlassist.SqlAssist;
      import io.sqlassist.jta.JtaCoordinator;
      public class Main {
        public static void main(String[] args) {
          try (JtaCoordinator jta = JtaCoordinator.start(cfg -> {
            cfg.nodeId = "modules-1";
            cfg.objectStore = java.nio.file.Path.of(args[0]);
          })) {
            initialize(jta, "writer");
            initialize(jta, "ledger");
            System.out.println(SqlAssist.<Object, RuntimeException>inUnit(db -> {
              db.writer().persist(new shop.model.Title());
              db.session("ledger").persist(new shop.model.Title());
              return db.commit();
            }) + " in " + Main.class.getModule() + " by " + JtaCoordinator.class.getModule());
          }
          SqlAssist.shutdown();
        }
        static void initialize(JtaCoordinator jta, String engine) {
          org.h2.jdbcx.JdbcDataSource h2 = new org.h2.jdbcx.JdbcDataSource();
          h2.setURL("jdbc:h2:mem:" + engine + ";DB_CLOSE_DELAY=-1");
          h2.setUser("sa");
          jta.initializeEngine(
              engine, h2, config -> config.property("hibernate.hbm2ddl.auto", "create"));
        }
      }
      """;

  @Test
  void aNamedModuleCommitsTwoEnginesTogether(@TempDir Path folder) throws Exception {
    String modulePath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> RUN_TIME.matcher(entry).find() && !entry.endsWith("test-classes"))
            .collect(Collectors.joining(File.pathSeparator));
    Path classes = compile(folder, modulePath);

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                classes + File.pathSeparator + modulePath,
                // Automatic modules can't name the modules they need.
                "--add-modules",
                "ALL-MODULE-PATH",
                "--module",
                "shop/shop.Main",
                folder.resolve("store").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(output)
        .contains("writer=COMMITTED", "ledger=COMMITTED")
        .contains("in module shop by module io.sqlassist.jta");
    assertThat(process.exitValue()).as(output).isZero();
  }

  private static Path compile(Path folder, String modulePath) throws IOException {
    Path info = write(folder.resolve("src/module-info.java"), MODULE_INFO);
    Path entity = write(folder.resolve("src/shop/model/Title.java"), ENTITY);
    Path main = write(folder.resolve("src/shop/Main.java"), MAIN);
    Path classes = folder.resolve("classes");
    List<String> arguments =
        List.of(
            "--release",
            "17",
            "--module-path",
            modulePath,
            "-d",
            classes.toString(),
            info.toString(),
            entity.toString(),
            main.toString());
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(failed).as("the module compiles").isZero();
    return classes;
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
