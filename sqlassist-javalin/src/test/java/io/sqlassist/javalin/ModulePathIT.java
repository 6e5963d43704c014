package io.sqlassist.javalin;

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
          "sqlassist-(core|javalin)|hibernate-(core|models)|jakarta|jboss-logging|byte-buddy|antlr4"
              + "|classmate|jaxb|txw2|istack|angus|HikariCP|slf4j|logback|jspecify|javalin|jetty"
              + "|kotlin|annotations-|h2-|jandex|websocket|org/ow2/asm");

  private static final String MODULE_INFO =
      """
      module shop {
        requires io.sqlassist.javalin;
        requires com.zaxxer.hikari;
        requires java.net.http;
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
      public class Main {
        public static void main(String[] args) throws Exception {
          io.sqlassist.SqlAssist.initializeEngine("writer", config -> config
              .url("jdbc:h2:mem:modules")
              .property("hibernate.hbm2ddl.auto", "create"));
          io.javalin.Javalin app = io.javalin.Javalin.create(config -> {
            config.registerPlugin(new io.sqlassist.javalin.SqlAssistPlugin());
            config.routes.get("/", ctx -> {
              ctx.with(io.sqlassist.javalin.SqlAssistPlugin.class)
                  .writer().persist(new shop.model.Title());
              ctx.result("persisted in " + Main.class.getModule());
            });
          }).start(0);
          System.out.println(java.net.http.HttpClient.newHttpClient().send(
              java.net.http.HttpRequest.newBuilder(
                  java.net.URI.create("http://127.0.0.1:" + app.port())).build(),
              java.net.http.HttpResponse.BodyHandlers.ofString()).body());
          app.stop();
          io.sqlassist.SqlAssist.shutdown();
        }
      }
      """;

  @Test
  void aNamedModuleFindsItsEntitiesAndServesARequest(@TempDir Path folder) throws Exception {
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
                // Hibernate is an automatic module and can't name the modules it needs itself.
                "--add-modules",
                "ALL-MODULE-PATH",
                "--module",
                "shop/shop.Main")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains("persisted in module shop");
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
