package io.sqlassist.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.UnsupportedMediaTypeResponse;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * The JSON object that a client sent, read strictly: nothing unknown, nothing twice, nothing
 * converted. Each complaint names its field.
 */
final class JsonBody {

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode fields;

  private JsonBody(JsonNode fields) {
    this.fields = fields;
  }

  /**
   * Reads the body of a request.
   *
   * @param known the fields it may have
   * @throws UnsupportedMediaTypeResponse if it is not declared as JSON, which also keeps the forms
   *     of other sites out
   */
  static JsonBody of(Context ctx, String... known) {
    String contentType = String.valueOf(ctx.contentType()).toLowerCase(Locale.ROOT);
    if (!contentType.split(";", 2)[0].strip().equals(ContentType.JSON)) {
      throw new UnsupportedMediaTypeResponse("Send JSON, with Content-Type: application/json.");
    }
    JsonNode body = parse(ctx.bodyAsBytes());
    if (!body.isObject()) {
      throw new BadInputException(
          "", "The body must be a JSON object with " + List.of(known) + ".");
    }
    for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!List.of(known).contains(name)) {
        throw new BadInputException(name, "Unknown field. Known are " + List.of(known) + ".");
      }
    }
    return new JsonBody(body);
  }

  private static JsonNode parse(byte[] body) {
    try {
      return STRICT.readTree(body);
    } catch (JsonProcessingException e) {
      throw new BadInputException("", "The body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new BadInputException("", "The body is not JSON in UTF-8.");
    }
  }

  /** A text that is there and not blank. */
  String text(String field, int maxLength) {
    JsonNode value = fields.path(field);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new BadInputException(field, field + " must be a text that is not empty.");
    }
    return Input.text(field, value.textValue(), maxLength);
  }

  /** A number that is there, whole and within bounds. */
  int whole(String field, int min, int max) {
    JsonNode value = fields.path(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw new BadInputException(field, Input.wholeExpected(field, min, max));
    }
    return value.intValue();
  }
}
