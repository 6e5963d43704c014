package io.sqlassist.debugpanel.browser;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Writes a picture of a page with at most 256 colours, which makes the file a third as large. */
final class SmallPng {

  private static final int MOST = 256;

  private SmallPng() {}

  static void shrink(File file) throws IOException {
    BufferedImage picture = ImageIO.read(file);
    Map<Integer, Integer> counts = new HashMap<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        counts.merge(picture.getRGB(x, y) & 0xFFFFFF, 1, Integer::sum);
      }
    }
    List<Integer> palette = palette(counts);
    ImageIO.write(indexed(picture, palette), "png", file);
  }

  /** The most frequent ones, and of the others those that none of them resembles. */
  private static List<Integer> palette(Map<Integer, Integer> counts) {
    List<Integer> byCount =
        counts.entrySet().stream()
            .sorted((a, b) -> Integer.compare(b.getValue(), a.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    List<Integer> palette = new ArrayList<>(byCount.subList(0, Math.min(128, byCount.size())));
    List<Integer> others = byCount.subList(palette.size(), byCount.size());
    long[] distances =
        others.stream()
            .mapToLong(each -> distance(each, nearest(palette, each), palette))
            .toArray();
    while (palette.size() < MOST && !others.isEmpty()) {
      int farthest = 0;
      for (int i = 1; i < distances.length; i++) {
        farthest = distances[i] > distances[farthest] ? i : farthest;
      }
      palette.add(others.get(farthest));
      for (int i = 0; i < distances.length; i++) {
        distances[i] = Math.min(distances[i], distance(others.get(i), palette.size() - 1, palette));
      }
    }
    return palette;
  }

  private static long distance(int colour, int index, List<Integer> palette) {
    long distance = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      long difference = (palette.get(index) >> shift & 0xFF) - (colour >> shift & 0xFF);
      distance += difference * difference;
    }
    return distance;
  }

  private static BufferedImage indexed(BufferedImage picture, List<Integer> palette) {
    byte[][] channels = new byte[3][palette.size()];
    Map<Integer, Integer> nearest = new HashMap<>();
    for (int i = 0; i < palette.size(); i++) {
      for (int channel = 0; channel < 3; channel++) {
        channels[channel][i] = (byte) (palette.get(i) >> (16 - 8 * channel));
      }
      nearest.put(palette.get(i), i);
    }
    BufferedImage small =
        new BufferedImage(
            picture.getWidth(),
            picture.getHeight(),
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, palette.size(), channels[0], channels[1], channels[2]));
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int index =
            nearest.computeIfAbsent(
                picture.getRGB(x, y) & 0xFFFFFF, colour -> nearest(palette, colour));
        small.getRaster().setSample(x, y, 0, index);
      }
    }
    return small;
  }

  private static int nearest(List<Integer> palette, int colour) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < palette.size(); i++) {
      long distance = distance(colour, i, palette);
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }
}
