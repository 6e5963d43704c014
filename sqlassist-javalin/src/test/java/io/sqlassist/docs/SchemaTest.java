package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.schema.ColumnInfo;
import io.sqlassist.schema.ConstraintNaming;
import io.sqlassist.schema.SchemaReport;
import io.sqlassist.schema.TableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/schema.md. */
class SchemaTest {

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private static Engine plainWriter() {
    return SqlAssist.initializeEngine(
        "writer", engine -> engine.url("jdbc:h2:mem:shop").entities(Book.class, Booking.class));
  }

  private static List<String> tables(Engine engine) {
    return engine.reflectTables().tables().stream()
        .map(table -> table.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  @Test
  void tablesAreMadeAndDropped() {
    plainWriter();
    // tag::create[]
    Engine writer = SqlAssist.engine("writer");
    writer.createTables(); // those that are not there yet
    writer.dropTables(Booking.class); // only these
    // end::create[]

    assertThat(tables(writer)).contains("book").doesNotContain("booking");
  }

  @Test
  void whatDiffersIsTold() {
    Engine writer = plainWriter();
    writer.createTables(Book.class);
    // tag::validate[]
    SchemaReport report = writer.validateTables();
    if (!report.isEmpty()) {
      System.err.println(report); // or report.throwIfAny()
    }
    // end::validate[]

    assertThat(report.toString()).contains("The table 'Booking' is missing.");
  }

  @Test
  void tablesAreReadAsData() {
    plainWriter().createTables();
    List<String> columns = new ArrayList<>();
    // tag::reflect[]
    TableInfo book = SqlAssist.engine("writer").reflectTables("book").table("book").orElseThrow();
    for (ColumnInfo column : book.columns()) {
      columns.add(column.name() + " " + column.type() + (column.isNullable() ? "" : " not null"));
    }
    // end::reflect[]

    assertThat(columns).contains("ID BIGINT not null");
    assertThat(book.primaryKey().orElseThrow().name()).isEqualToIgnoringCase("pk_book");
  }

  @Test
  void namesCanBeLeftToHibernate() {
    // tag::naming[]
    SqlAssist.defaults(engine -> engine.constraintNaming(ConstraintNaming.HIBERNATE));
    // end::naming[]
    Engine writer = plainWriter();
    writer.createTables();

    assertThat(writer.reflectTables("book").tables().get(0).primaryKey().orElseThrow().name())
        .startsWith("CONSTRAINT_");
  }

  @Test
  void flywayMigratesAsTheOwnerOfTheTables() {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    DatabaseHandle user = database.readOnlyUser();
    String owner = database.username();
    String ownersPassword = database.password();
    // tag::flyway[]
    SqlAssist.initializeEngine(
        "reader",
        engine ->
            engine
                .url(user.jdbcUrl())
                .username(user.username()) // may only SELECT
                .password(user.password())
                .readOnly()
                .entities(Book.class)
                .migrate(
                    owner,
                    ownersPassword,
                    dataSource ->
                        Flyway.configure()
                            .dataSource(dataSource)
                            .locations("classpath:db/library")
                            .load()
                            .migrate()));

    SqlAssist.engine("reader").validateTables().throwIfAny();
    // end::flyway[]

    assertThat(tables(SqlAssist.engine("reader"))).contains("book", "flyway_schema_history");
  }
}
