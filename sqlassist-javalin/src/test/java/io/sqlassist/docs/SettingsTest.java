package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineSettings;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/settings.md, and the blocks of it that are no Java. */
class SettingsTest {

  @TempDir Path directory;

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void enginesStartFromAFileAndTheEnvironment() throws IOException {
    Path file =
        Files.writeString(directory.resolve("shop.properties"), blocks("properties").get(0));
    // tag::start[]
    EngineSettings settings = EngineSettings.load(file).withEnvironment();
    SqlAssist.initializeEngines(settings);
    // end::start[]

    assertThat(SqlAssist.registry().names()).containsExactly("logger", "reader", "writer");
    assertThat(SqlAssist.defaultEngine().name()).isEqualTo("writer");
    assertThat(SqlAssist.engine("reader").isReadOnly()).isTrue();
    assertThat(SqlAssist.engine("logger").options().properties())
        .containsEntry("hibernate.jdbc.batch_size", "50");
    HikariDataSource pool = (HikariDataSource) SqlAssist.engine("writer").dataSource();
    assertThat(pool.getMaximumPoolSize()).isEqualTo(20);
    assertThat(pool.getConnectionTimeout()).isEqualTo(5_000);
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void aLambdaAddsWhatIsNoText() throws IOException {
    EngineSettings settings = EngineSettings.of(properties(0));
    // tag::lambda[]
    SqlAssist.initializeEngines(
        settings,
        engine -> {
          if (engine.name().equals("logger")) {
            engine.entities(AuditLine.class);
          } else {
            engine.entities(Book.class);
          }
        });
    // end::lambda[]

    assertThat(SqlAssist.engine("logger").options().entities())
        .isEqualTo(List.<Class<?>>of(AuditLine.class));
    assertThat(SqlAssist.engine("reader").options().entities())
        .isEqualTo(List.<Class<?>>of(Book.class));
  }

  @Test
  void theEnvironmentGoesBeforeTheFile() throws IOException {
    TreeMap<String, String> variables = new TreeMap<>();
    for (String line : blocks("sh").get(0).lines().toList()) {
      String[] parts = line.split("=", 2);
      variables.put(parts[0], parts[1]);
    }

    SqlAssist.initializeEngines(EngineSettings.of(properties(0)).withEnvironment(variables));

    assertThat(SqlAssist.registry().names())
        .containsExactly("logger", "reader", "writer", "writer-acme");
    assertThat(((HikariDataSource) SqlAssist.engine("writer").dataSource()).getMaximumPoolSize())
        .isEqualTo(30);
    assertThat(SqlAssist.engine("writer-acme").options().pool().acquireTimeout())
        .contains(Duration.ofSeconds(2));
  }

  @Test
  void theApplicationStartsAnEngineWithItsSettings() throws IOException {
    DataSource dataSource = DatabaseKind.H2.fresh().dataSource();
    EngineSettings settings = EngineSettings.of(properties(0)).with(properties(1));
    // tag::application[]
    SqlAssist.initializeEngines(settings);
    SqlAssist.initializeEngine("ledger", dataSource, settings.engine("ledger"));
    // end::application[]

    Engine ledger = SqlAssist.engine("ledger");
    assertThat(ledger.dataSource()).isSameAs(dataSource);
    assertThat(ledger.options().properties())
        .containsEntry("hibernate.hbm2ddl.auto", "create")
        .containsEntry("hibernate.jdbc.batch_size", "50");
  }

  private static Properties properties(int block) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(blocks("properties").get(block)));
    return properties;
  }

  /** What stands on the page in blocks of a language. */
  private static List<String> blocks(String language) throws IOException {
    Path page = Path.of("docs", "settings.md");
    List<String> blocks = new ArrayList<>();
    StringBuilder block = null;
    for (String line :
        Files.readAllLines(Files.exists(page) ? page : Path.of("..").resolve(page))) {
      if (line.equals("```" + language)) {
        block = new StringBuilder();
      } else if (line.equals("```") && block != null) {
        blocks.add(block.toString());
        block = null;
      } else if (block != null) {
        block.append(line).append('\n');
      }
    }
    return blocks;
  }
}
