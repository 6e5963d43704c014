package io.sqlassist.debugpanel;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.sqlassist.trace.Detector;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the panel writes JSON: records as their components, times as ISO 8601. Private to the panel,
 * so that neither the application's mapper nor this one changes the other.
 */
final class Json {

  /** Grows when a field changes its meaning or goes away. */
  static final int SCHEMA = 1;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addSerializer(Detector.class, new DetectorKey()))
          .build();

  private Json() {}

  /** An answer is an object, with the version of its fields. */
  static Map<String, Object> answer() {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("schema", SCHEMA);
    return answer;
  }

  static ObjectNode tree(Object record) {
    return MAPPER.valueToTree(record);
  }

  static JsonNode read(byte[] json) throws IOException {
    return MAPPER.readTree(json);
  }

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What the panel shows is always JSON", e);
    }
  }

  /** For streams, whose writer knows no other signs. */
  static String ascii(Object value) {
    try {
      return MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What the panel shows is always JSON", e);
    }
  }

  private static final class DetectorKey extends StdSerializer<Detector> {

    private static final long serialVersionUID = 1L;

    DetectorKey() {
      super(Detector.class);
    }

    @Override
    public void serialize(Detector value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      to.writeString(value.key());
    }
  }
}
