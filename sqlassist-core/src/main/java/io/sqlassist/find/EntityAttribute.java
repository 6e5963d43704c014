package io.sqlassist.find;

import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.metamodel.Type;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.hibernate.query.criteria.JpaExpression;
import org.jspecify.annotations.Nullable;

/**
 * An attribute that exists.
 *
 * @param name as callers write it
 * @param path the parts of the name
 * @param javaType of its values
 * @param optional whether it may be null
 * @param type as the metamodel tells it
 */
record EntityAttribute(
    String name, List<String> path, Class<?> javaType, boolean optional, Type<?> type) {

  boolean isText() {
    return javaType == String.class;
  }

  JpaExpression<?> in(Root<?> root) {
    Path<?> found = root;
    for (String part : path) {
      found = found.get(part);
    }
    return (JpaExpression<?>) found;
  }

  void requireText() {
    if (!isText()) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is of type "
              + javaType.getSimpleName()
              + ": only text has upper and lower case and parts. Use with(\""
              + name
              + "\", value).");
    }
  }

  @SuppressWarnings("unchecked")
  JpaExpression<String> textIn(Root<?> root) {
    requireText();
    return (JpaExpression<String>) in(root);
  }

  /** A value of this attribute's type, or a number that is one without a loss. */
  Object fit(Object value) {
    return fit("'" + name + "'", javaType, value);
  }

  /** The same for what has no name among the attributes. */
  static Object fit(String what, Class<?> type, Object value) {
    Class<?> wanted = boxed(type);
    if (wanted.isInstance(value)) {
      return value;
    }
    Object fitted = value instanceof Number number ? asNumber(number, wanted) : null;
    if (fitted == null) {
      throw new IllegalArgumentException(
          what
              + " is of type "
              + type.getName()
              + ", and can't be compared with a value of type "
              + value.getClass().getName()
              + ".");
    }
    return fitted;
  }

  private static @Nullable Object asNumber(Number number, Class<?> wanted) {
    boolean integral =
        number instanceof Long
            || number instanceof Integer
            || number instanceof Short
            || number instanceof Byte
            || number instanceof BigInteger;
    if (!integral) {
      return null;
    }
    BigDecimal exact = new BigDecimal(number.toString());
    try {
      if (wanted == Long.class) {
        return exact.longValueExact();
      } else if (wanted == Integer.class) {
        return exact.intValueExact();
      } else if (wanted == Short.class) {
        return exact.shortValueExact();
      } else if (wanted == BigInteger.class) {
        return exact.toBigIntegerExact();
      } else if (wanted == BigDecimal.class) {
        return exact;
      }
    } catch (ArithmeticException e) {
      return null; // too big to be a value of this attribute
    }
    return null;
  }

  Class<?> boxedType() {
    return boxed(javaType);
  }

  private static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
