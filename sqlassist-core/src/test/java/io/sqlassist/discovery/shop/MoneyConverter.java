package io.sqlassist.discovery.shop;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;

@Converter(autoApply = true)
public class MoneyConverter implements AttributeConverter<StringBuilder, String> {

  @Override
  public String convertToDatabaseColumn(StringBuilder text) {
    return text == null ? null : "<" + text + ">";
  }

  @Override
  public StringBuilder convertToEntityAttribute(String column) {
    return column == null ? null : new StringBuilder(column.substring(1, column.length() - 1));
  }
}
