package io.sqlassist.benchmarks.springboot;

import java.io.IOException;
import java.io.OutputStream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A server of books. Prints its port and serves until its input ends.
 *
 * <p>Used by one thread.
 */
@SpringBootApplication
public class BookApplication {

  /** Argument: the size of the pool. */
  public static void main(String[] args) throws IOException {
    System.setProperty("spring.datasource.hikari.maximum-pool-size", args[0]);
    try (ConfigurableApplicationContext context = SpringApplication.run(BookApplication.class)) {
      System.out.println(
          "port " + context.getEnvironment().getRequiredProperty("local.server.port"));
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
