package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.fixture.RecordingObserver;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlCommentsTest {

  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final RecordingObserver observer = new RecordingObserver();

  private SqlComments comments(Consumer<SqlCommentConfig> config) {
    SqlCommentConfig given = new SqlCommentConfig("writer");
    config.accept(given);
    given.freeze();
    return new SqlComments(given, null, observer);
  }

  private UnaryOperator<String> on(String route, Consumer<SqlCommentConfig> config) {
    return comments(config)
        .of(name -> name.equals("route") ? Optional.of(route) : Optional.empty());
  }

  @Test
  void statementTellsItsEngineAndItsRoute() {
    assertThat(on("/books/{id}", config -> {}).apply("select 1"))
        .isEqualTo("select 1 /*engine='writer',route='%2Fbooks%2F%7Bid%7D'*/");
  }

  @Test
  void sessionOutsideOfARequestTellsItsEngineOnly() {
    assertThat(comments(config -> {}).inspect("select 1"))
        .isEqualTo("select 1 /*engine='writer'*/");
    assertThat(comments(config -> {}).of(name -> Optional.empty()).apply("select 1"))
        .isEqualTo("select 1 /*engine='writer'*/");
  }

  @Test
  void keysAreInOrder() {
    assertThat(
            on(
                    "/",
                    config ->
                        config
                            .tag("zone", "b")
                            .tag("application", "the shop")
                            .traceparent(() -> Optional.of(TRACE)))
                .apply("select 1"))
        .isEqualTo(
            "select 1 /*application='the%20shop',engine='writer',route='%2F',traceparent='"
                + TRACE
                + "',zone='b'*/");
    assertThat(on("/", config -> config.tag("zone", "b")).apply("select 1"))
        .isEqualTo("select 1 /*engine='writer',route='%2F',zone='b'*/");
  }

  @Test
  void traceIsAskedForWithEachStatement() {
    AtomicReference<String> current = new AtomicReference<>(TRACE);
    UnaryOperator<String> comments =
        comments(config -> config.traceparent(() -> Optional.ofNullable(current.get())))
            .of(name -> Optional.empty());

    assertThat(comments.apply("select 1")).contains("traceparent='" + TRACE + "'");
    current.set(TRACE.replace("4bf9", "0000"));
    assertThat(comments.apply("select 1")).contains("traceparent='00-0000");
    current.set(null);
    assertThat(comments.apply("select 1")).isEqualTo("select 1 /*engine='writer'*/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/ drop table Novel; /*",
        "x'*/; delete from Novel --",
        "%27%20or%201=1",
        "\\' or 1=1",
        "? ?1 :name $1",
        "\n\r\u0000\u2028",
        "/books/\u00e4\u20ac\ud83d\udcda",
        "!50000 drop table Novel",
        "M!100100 drop table Novel"
      })
  void nothingInAValueCanLeaveTheComment(String hostile) {
    String sql = on(hostile, config -> config.tag("application", hostile)).apply("select 1");

    assertThat(sql).startsWith("select 1 /*application='").endsWith("'*/");
    String comment = sql.substring("select 1 /*".length(), sql.length() - 2);
    assertThat(comment).matches("(?:[a-z]+='[A-Za-z0-9%._-]*',?)+");
    assertThat(
            URLDecoder.decode(
                comment.replaceAll(".*route='", "").replaceAll("'.*", ""), StandardCharsets.UTF_8))
        .isEqualTo(hostile);
    assertThat(SqlReading.firstWrite(sql)).isNull();
  }

  @Test
  void longValueIsCut() {
    String sql = on("x".repeat(100_000), config -> {}).apply("select 1");

    assertThat(sql).hasSizeLessThan(400).endsWith("x'*/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/* there is one */ select 1",
        "select /*+ INDEX(a b) */ 1",
        "select 1 -- there is one",
        "select '/*' from t",
        "{call p(?)}",
        " { ? = call f(?) }",
        "? = call f(?)",
        "",
        "  ;"
      })
  void statementThatTakesNoCommentIsLeftAlone(String sql) {
    assertThat(on("/", config -> {}).apply(sql)).isEqualTo(sql);
  }

  @Test
  void semicolonStaysTheLast() {
    assertThat(on("/", config -> {}).apply("select 1 ;\n"))
        .isEqualTo("select 1 /*engine='writer',route='%2F'*/ ;\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "", "00-X-Y-01", "00-*/-'-01"})
  void whatIsNoTraceparentIsLeftOut(String trace) {
    assertThat(comments(config -> config.traceparent(() -> Optional.of(trace))).inspect("select 1"))
        .isEqualTo("select 1 /*engine='writer'*/");
  }

  @Test
  void failureOfWhoTellsTheTraceFailsNoStatementAndIsToldOnce() {
    SqlComments comments =
        comments(
            config ->
                config.traceparent(
                    () -> {
                      throw new IllegalStateException("no tracer");
                    }));

    assertThat(comments.inspect("select 1")).isEqualTo("select 1 /*engine='writer'*/");
    assertThat(comments.inspect("select 2")).isEqualTo("select 2 /*engine='writer'*/");
    assertThat(observer.warnings())
        .singleElement()
        .asString()
        .contains("writer: the SQL comments lack 'traceparent'")
        .contains("no tracer");
  }

  @Test
  void whoeverElseInspectsStatementsSeesThemWithoutComment() {
    List<String> seen = new ArrayList<>();
    SqlComments comments =
        new SqlComments(
            new SqlCommentConfig("writer"),
            sql -> {
              seen.add(sql);
              return sql + " limit 1";
            },
            observer);

    assertThat(comments.inspect("select 1")).isEqualTo("select 1 limit 1 /*engine='writer'*/");
    assertThat(seen).containsExactly("select 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upper", "a-b", "a'b", "*/", "1a", "engine", "route", "traceparent"})
  void keyThatIsNoneIsRefused(String key) {
    assertThatThrownBy(() -> comments(config -> config.tag(key, "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Engine 'writer': '" + key + "' can't be the key of a tag");
  }

  @Test
  void configurationIsCompleteAfterItsLambda() {
    SqlCommentConfig[] kept = new SqlCommentConfig[1];
    comments(config -> kept[0] = config);

    assertThatThrownBy(() -> kept[0].tag("a", "b"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is complete");
  }

  @Test
  void routesThatAreTooManyAreNotKept() {
    SqlComments comments = comments(config -> {});
    for (int i = 0; i < 3_000; i++) {
      int number = i;
      assertThat(comments.of(name -> Optional.of("/" + number)).apply("select 1"))
          .endsWith("route='%2F" + number + "'*/");
    }
    assertThat(comments.kept()).isEqualTo(1_000);
  }
}
