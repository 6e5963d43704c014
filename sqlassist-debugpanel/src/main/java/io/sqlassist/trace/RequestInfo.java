package io.sqlassist.trace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a request. Header values are those that the maker of this record allows: no
 * cookie, no authorization.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param method HTTP method
 * @param path path as sent, without query values
 * @param route pattern of the route, empty if none matched
 * @param status status of the answer, 0 if not known yet
 * @param threads names of the threads that worked for it
 * @param headers header names with their values, empty values for those that are not shown
 * @param attribute name of the attribute that holds the request's sessions, empty if there is none
 */
public record RequestInfo(
    String method,
    String path,
    String route,
    int status,
    List<String> threads,
    Map<String, String> headers,
    String attribute) {

  /**
   * Copies the collections.
   *
   * @param method HTTP method
   * @param path path as sent, without query values
   * @param route pattern of the route, empty if none matched
   * @param status status of the answer, 0 if not known yet
   * @param threads names of the threads that worked for it
   * @param headers header names with their values
   * @param attribute name of the attribute that holds the request's sessions
   */
  public RequestInfo {
    threads = List.copyOf(threads);
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
