package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineDownException;
import io.sqlassist.engine.EngineState;
import io.sqlassist.javalin.fixture.Eventually;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/optional-engines.md. */
class OptionalEnginesTest {

  private static final String URL = "jdbc:h2:mem:statistics;IFEXISTS=TRUE";

  private final List<String> lines = new ArrayList<>();

  @AfterEach
  void close() {
    SqlAssist.shutdown();
  }

  @Test
  void theApplicationStartsWithoutItAndGoesOnWithout() throws Exception {
    // tag::optional[]
    SqlAssist.initializeEngine("statistics", engine -> engine.url(URL).optional());
    // end::optional[]

    // tag::go-on[]
    try {
      SqlAssist.useUnit(db -> db.session("statistics").persist(new Book("Emma")));
    } catch (EngineDownException e) {
      lines.add("not counted: " + e.getMessage());
    }
    // end::go-on[]
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("not counted: Engine 'statistics' is down, since");

    // tag::state[]
    EngineState state = SqlAssist.engine("statistics").state();
    if (!state.isUp()) {
      lines.add(state.status() + " because " + state.reason().orElse("?"));
    }
    // end::state[]
    assertThat(lines.get(1)).startsWith("DOWN because its database could not be reached");

    Engine engine = SqlAssist.engine("statistics");
    try (Connection started = DriverManager.getConnection("jdbc:h2:mem:statistics")) {
      Eventually.until("it comes up by itself", () -> engine.state().isUp());
      assertThat(started.isValid(1)).isTrue();
    }
  }
}
