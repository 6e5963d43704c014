/** The server of books, as users of Spring Boot and Spring Data JPA write it. */
@NullMarked
package io.sqlassist.benchmarks.springboot;

import org.jspecify.annotations.NullMarked;
