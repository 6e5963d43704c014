package io.sqlassist.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineStartException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A database that is brought up to date before its engine starts. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class MigrationIT {

  private static final String VISITOR =
      "create table visitor (id bigint not null primary key, name varchar(255))";

  private static final String SEQUENCE = "create sequence visitor_seq start with 1 increment by 50";

  private final Databases db;
  private final List<String> ran = new ArrayList<>();

  MigrationIT(DatabaseKind kind) {
    db = new Databases(kind);
  }

  @AfterEach
  void everyConnectionIsBack() {
    assertThat(db.connectionsInUse()).isZero();
    db.close();
  }

  private void run(String name, DataSource database, String... statements) throws SQLException {
    ran.add(name);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String each : statements) {
        statement.execute(each);
      }
      connection.commit();
    }
  }

  @Test
  void theMigrationRunsOnceBeforeHibernateLooksAtTheTables() {
    Engine engine =
        db.engine(
            "writer",
            config ->
                config
                    .entities(Library.Visitor.class)
                    .property("hibernate.hbm2ddl.auto", "validate")
                    .migrate(database -> run("first", database, VISITOR))
                    .migrate(database -> run("second", database, SEQUENCE)));

    assertThat(ran).containsExactly("first", "second");
    assertThat(engine.validateTables().isEmpty()).isTrue();
  }

  @Test
  void anEngineWhoseUserMayNotMakeTablesIsMigratedByTheirOwner() {
    DatabaseHandle reader = db.database.readOnlyUser();
    Engine engine =
        db.registry.initializeEngine(
            "reader",
            config ->
                config
                    .url(reader.jdbcUrl())
                    .username(reader.username())
                    .password(reader.password())
                    .readOnly()
                    .entities(Library.Visitor.class)
                    .migrate(
                        db.database.username(),
                        db.database.password(),
                        database -> run("owner", database, VISITOR, SEQUENCE)));

    assertThat(ran).containsExactly("owner");
    assertThat(engine.reflectTables("visitor").tables()).hasSize(1);
  }

  @Test
  void theOwnersDataSourceMayBeHandedInAndStaysOpen() throws SQLException {
    DataSource owner = db.database.dataSource();
    db.engine(
        "reader",
        config ->
            config
                .readOnly()
                .entities(Library.Visitor.class)
                .migrate(owner, database -> run("owner", database, VISITOR)));

    assertThat(ran).containsExactly("owner");
    owner.getConnection().close();
  }

  @Test
  void aMigrationThatFailsKeepsTheEngineFromStarting() {
    assertThatThrownBy(
            () ->
                db.engine(
                    "writer",
                    config ->
                        config
                            .entities(Library.Visitor.class)
                            .migrate(database -> run("first", database, "create nonsense"))
                            .migrate(database -> run("second", database, VISITOR))))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("'writer' did not start: the migration of its database failed: ")
        .hasCauseInstanceOf(SQLException.class);
    assertThat(ran).containsExactly("first");
    assertThat(db.registry.names()).isEmpty();
  }

  @Test
  void theOwnersPasswordIsNotInTheFailure() {
    String secret = "s3cret-of-the-owner";

    assertThatThrownBy(
            () ->
                db.registry.initializeEngine(
                    "writer",
                    config ->
                        config
                            .url(db.database.jdbcUrl())
                            .username(db.database.username())
                            .password(db.database.password())
                            .entities(Library.Visitor.class)
                            .migrate(
                                "owner",
                                secret,
                                database -> {
                                  throw new IllegalStateException(
                                      "no login as " + database + " with " + secret);
                                })))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("no login as DataSource[owner]")
        .satisfies(
            failure -> {
              for (Throwable each = failure; each != null; each = each.getCause()) {
                assertThat(each.toString()).doesNotContain(secret);
              }
            });
  }

  @Test
  void aReadOnlyEngineDoesNotMigrateAsItself() {
    assertThatThrownBy(
            () ->
                db.engine(
                    "reader",
                    config ->
                        config
                            .readOnly()
                            .entities(Library.Visitor.class)
                            .migrate(database -> run("never", database, VISITOR))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'reader' is read-only and can't migrate its database itself");
    assertThat(ran).isEmpty();
  }

  @Test
  void anotherUserOfADataSourceNeedsADataSourceOfItsOwn() {
    assertThatThrownBy(
            () ->
                db.engine(
                    "writer",
                    config ->
                        config
                            .entities(Library.Visitor.class)
                            .migrate("owner", "x", database -> run("never", database, VISITOR))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no url(...) for migrate(username, password, ...)");
    assertThat(ran).isEmpty();
  }
}
