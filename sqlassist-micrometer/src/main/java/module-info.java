/** Meters of engines and their units of work, for Micrometer. */
module io.sqlassist.micrometer {
  requires transitive io.sqlassist.core;
  requires transitive micrometer.core;
  requires static transitive org.jspecify;

  exports io.sqlassist.micrometer;
}
