package io.sqlassist.shard;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Its rows are spread by region. */
@Entity
public class Parcel {

  @Converter
  public static class Words implements AttributeConverter<Integer, String> {
    @Override
    public String convertToDatabaseColumn(Integer number) {
      return number == null ? null : "n" + number;
    }

    @Override
    public Integer convertToEntityAttribute(String text) {
      return text == null ? null : Integer.valueOf(text.substring(1));
    }
  }

  @Id private long id;

  private String region;

  private Integer weight;

  private String label;

  @Column(unique = true)
  private String tracking;

  private LocalDate due;

  private UUID token;

  @Convert(converter = Words.class)
  private Integer converted;

  @ElementCollection private Set<String> stops = new HashSet<>();

  protected Parcel() {}

  public Parcel(long id, String region) {
    this.id = id;
    this.region = region;
  }

  public Parcel weighing(Integer grams) {
    weight = grams;
    return this;
  }

  public Parcel labelled(String text) {
    label = text;
    return this;
  }

  public Parcel due(LocalDate day) {
    due = day;
    return this;
  }

  public Parcel tracked(String number) {
    tracking = number;
    return this;
  }

  public Parcel by(String stop) {
    stops.add(stop);
    return this;
  }

  public void moveTo(String newRegion) {
    region = newRegion;
  }

  public long id() {
    return id;
  }

  public String region() {
    return region;
  }

  public String label() {
    return label;
  }

  public Set<String> stops() {
    return stops;
  }
}
