package io.sqlassist.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sqlassist.consumer.Page.Command;
import io.sqlassist.consumer.Page.FileBlock;
import io.sqlassist.consumer.Page.Open;
import io.sqlassist.consumer.Page.Step;
import io.sqlassist.consumer.Page.Stop;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows a page in a directory of its own, and stops at the first thing that is not as the page
 * says. Two things are not literal: the application chooses a free port, which then stands in all
 * commands and answers for the one on the page, and what installs SqlAssist is not run, since this
 * build has installed it.
 */
final class Reader implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String PORT_ON_THE_PAGE = "127.0.0.1:8080";
  private static final Pattern LISTENING = Pattern.compile("Listening on http://(127.0.0.1:\\d+)/");

  private final Path directory;
  private final Map<String, String> environment;
  private final Consumer<URI> opened;
  private final List<String> requests = new ArrayList<>();
  private Running application;
  private String address = PORT_ON_THE_PAGE;

  /** Opens what the page says with {@code opened}. */
  Reader(Path directory, Map<String, String> environment, Consumer<URI> opened) {
    this.directory = directory;
    this.environment = environment;
    this.opened = opened;
  }

  void follow(Page page) throws Exception {
    for (Step step : page.steps()) {
      try {
        take(step);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("Line " + step.line() + " of the page: " + e.getMessage(), e);
      }
    }
    assertThat(application).as("what still runs at the end of the page").isNull();
  }

  private void take(Step step) throws Exception {
    if (step instanceof FileBlock file) {
      Path path = directory.resolve(file.path());
      Files.createDirectories(path.getParent());
      assertThat(path).doesNotExist();
      Files.writeString(path, file.content());
    } else if (step instanceof Command command) {
      run(command);
    } else if (step instanceof Open open) {
      opened.accept(URI.create(here(open.address())));
    } else if (step instanceof Stop) {
      assertThat(application).as("what Ctrl+C stops").isNotNull();
      application.stop();
      application.close();
      application = null;
      address = PORT_ON_THE_PAGE;
    }
  }

  private void run(Command command) throws Exception {
    String text = command.text();
    if (isInstallation(text)) {
      return;
    }
    assertThat(command.answer()).as("the answer to " + text).isNotEmpty();
    if (text.contains("exec:java")) {
      start(command);
    } else if (text.startsWith("curl ")) {
      assertThat(application).as("the application that is asked").isNotNull();
      assertThat(text).contains(PORT_ON_THE_PAGE);
      requests.add(text);
      assertThat(finish(here(text))).isEqualTo(command.answer());
    } else if (text.startsWith("mvn ")) {
      String printed = String.join("\n", finish(text));
      command.answer().forEach(line -> assertThat(printed).contains(line));
    } else {
      fail("Nobody here knows what to do with: " + text);
    }
  }

  static boolean isInstallation(String command) {
    return command.startsWith("mvn ") && List.of(command.split(" ")).contains("install");
  }

  private void start(Command command) throws Exception {
    assertThat(application).as("what runs already, on the same port").isNull();
    Running started = new Running(command.text());
    application = started;
    Matcher listening = started.await(LISTENING);
    address = listening.group(1);
    command.answer().forEach(line -> assertThat(started.printed()).contains(here(line)));
  }

  private List<String> finish(String command) throws Exception {
    try (Running running = new Running(command)) {
      assertThat(running.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("whether it ends: " + command)
          .isTrue();
      assertThat(running.process.exitValue()).as(command + "\n" + running.printed()).isZero();
      return running.printed().lines().toList();
    }
  }

  private String here(String text) {
    return text.replace(PORT_ON_THE_PAGE, address);
  }

  /** The requests that were sent, as the page has them. */
  List<String> requests() {
    return requests;
  }

  static HttpResponse<String> get(URI address) {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(address + " can't be opened", e);
    } catch (InterruptedException e) {
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Leaves nothing running, also where the page was not followed to its end. */
  @Override
  public void close() {
    if (application != null) {
      application.close();
    }
  }

  /** A command that runs in a shell, with what it prints in a file. */
  private final class Running implements AutoCloseable {

    private final Process process;
    private final Path output;

    Running(String command) throws IOException {
      output = Files.createTempFile(directory.resolveSibling("output"), "command", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder("sh", "-c", command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      builder.environment().putAll(environment);
      builder.environment().keySet().removeIf(Reader::isOfTheBuild);
      process = builder.start();
    }

    String printed() {
      try {
        return Files.readString(output);
      } catch (IOException e) {
        throw new AssertionError("What was printed can't be read", e);
      }
    }

    /** Waits until it has printed that, or has ended, or patience has. */
    Matcher await(Pattern line) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        boolean ended = process.waitFor(100, TimeUnit.MILLISECONDS);
        Matcher found = line.matcher(printed());
        if (found.find()) {
          return found;
        }
        assertThat(ended).as("it ended: " + printed()).isFalse();
        assertThat(System.nanoTime() - end).as("waited in vain: " + printed()).isNegative();
      }
    }

    void stop() throws InterruptedException {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("whether it stops")
          .isTrue();
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** What the Maven that runs this build has told its own process, or would tell SqlAssist. */
  private static boolean isOfTheBuild(String variable) {
    return variable.startsWith("SQLASSIST_")
        || variable.equals("MAVEN_PROJECTBASEDIR")
        || variable.equals("MAVEN_CMD_LINE_ARGS");
  }
}
