/** Tests of the recorder. What counts as the application lives in {@code bookshop}. */
package io.sqlassist.trace;
