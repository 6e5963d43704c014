package io.sqlassist.testing;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** The annotations of a test: those of its method go before those of its class. */
final class Annotations {

  /** From the outermost class to the method. */
  private final List<AnnotatedElement> elements;

  Annotations(ExtensionContext context) {
    elements = new ArrayList<>(context.getEnclosingTestClasses());
    context.getTestClass().ifPresent(elements::add);
    context.getTestMethod().ifPresent(elements::add);
  }

  <A extends Annotation> Optional<A> find(Class<A> type) {
    for (int i = elements.size() - 1; i >= 0; i--) {
      Optional<A> found = AnnotationSupport.findAnnotation(elements.get(i), type);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The nearest one for each key. */
  <A extends Annotation> Map<String, A> all(Class<A> type, Function<A, String> key) {
    Map<String, A> all = new LinkedHashMap<>();
    for (AnnotatedElement element : elements) {
      AnnotationSupport.findRepeatableAnnotations(element, type)
          .forEach(each -> all.put(key.apply(each), each));
    }
    return all;
  }
}
