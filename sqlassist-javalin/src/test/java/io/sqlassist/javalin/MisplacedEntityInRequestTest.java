package io.sqlassist.javalin;

import static io.sqlassist.javalin.fixture.TestServer.db;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.http.Context;
import io.sqlassist.embedded.H2Databases;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EntityRoutingException;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that looks for an entity on an engine without it, and what its mapper is told. */
class MisplacedEntityInRequestTest {

  private static EngineRegistry registry;

  private enum Lookup {
    FIND {
      @Override
      void in(Session session) {
        session.find(Note.class, 1L);
      }
    },
    QUERY {
      @Override
      void in(Session session) {
        session.createSelectionQuery("from Note", Note.class).list();
      }
    },
    PERSIST {
      @Override
      void in(Session session) {
        session.persist(new Note("a"));
      }
    };

    abstract void in(Session session);
  }

  private final List<Throwable> mapped = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startEngines() {
    registry = EngineRegistry.create(Observer.NONE);
    registry.initializeEngine(
        "writer",
        H2Databases.fresh().dataSource(),
        config -> config.entities(Note.class).property("hibernate.hbm2ddl.auto", "create"));
    registry.initializeEngine(
        "plain", H2Databases.fresh().dataSource(), config -> config.entities());
  }

  @AfterAll
  static void closeEngines() {
    registry.close();
  }

  private void request(Consumer<Context> handler) {
    try (TestServer server =
        TestServer.start(
            false,
            new SqlAssistPlugin(plugin -> plugin.registry = registry),
            config -> {
              config.routes.get("/", handler::accept);
              config.routes.exception(
                  Exception.class,
                  (e, ctx) -> {
                    mapped.add(e);
                    ctx.status(500);
                  });
            })) {
      assertThat(server.get("/").statusCode()).isEqualTo(500);
    }
  }

  private List<Throwable> told() {
    assertThat(mapped).hasSize(1);
    List<Throwable> told = new ArrayList<>(List.of(mapped.get(0).getSuppressed()));
    told.add(mapped.get(0));
    told.removeIf(each -> !(each instanceof EntityRoutingException));
    return told;
  }

  @ParameterizedTest
  @EnumSource
  void theMapperIsToldOnceWhereTheEntityLives(Lookup lookup) {
    request(ctx -> lookup.in(db(ctx).session("plain")));

    assertThat(told()).hasSize(1);
    assertThat(told().get(0)).hasMessageContaining("It lives on engine 'writer'");
  }

  @ParameterizedTest
  @EnumSource
  void soItIsInAFuture(Lookup lookup) {
    request(
        ctx -> {
          DbSessionsContainer db = db(ctx);
          ctx.future(() -> CompletableFuture.runAsync(() -> lookup.in(db.session("plain"))));
        });

    assertThat(told()).hasSize(1);
  }

  @Test
  void anotherFailureIsLeftAlone() {
    request(
        ctx -> {
          throw new IllegalArgumentException("no");
        });

    assertThat(mapped.get(0).getSuppressed()).isEmpty();
  }
}
