package io.sqlassist.jta;

import java.util.Map;

/** A few lines of text kept beside the log, by names. */
interface Notes {

  Map<String, String> read();

  void write(String name, String text);
}
