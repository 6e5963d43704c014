package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.sqlassist.SqlAssist;
import io.sqlassist.javalin.SqlAssistPlugin;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of README.md. */
class ReadmeTest {

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void theFirstExampleAnswersAndStores() throws Exception {
    int port = 0;
    // tag::first[]
    SqlAssist.initializeEngine(
        "writer",
        engine -> engine.url("jdbc:h2:mem:shop").property("hibernate.hbm2ddl.auto", "create"));

    Javalin app =
        Javalin.create(
            config -> {
              config.registerPlugin(new SqlAssistPlugin());
              config.routes.post(
                  "/books",
                  ctx -> {
                    Session writer = ctx.with(SqlAssistPlugin.class).writer();
                    writer.persist(new Book(ctx.queryParam("title")));
                    ctx.status(201);
                  });
            });
    app.start(port);
    // end::first[]

    try (Server server = new Server(app)) {
      assertThat(server.post("/books?title=Emma").statusCode()).isEqualTo(201);
      assertThat(Shop.titles()).containsExactly("Emma");

      assertThat(server.post("/books?title=Emma").statusCode()).isEqualTo(500);
      assertThat(Shop.titles()).containsExactly("Emma");
    }
  }
}
