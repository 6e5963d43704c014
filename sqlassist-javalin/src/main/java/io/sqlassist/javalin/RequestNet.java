package io.sqlassist.javalin;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Catches what skips every stage: a request whose answer could not be written, an asynchronous one
 * that was broken off. Told by the servlet container, which always tells.
 */
final class RequestNet implements ServletRequestListener {

  @Override
  public void requestDestroyed(ServletRequestEvent event) {
    if (event.getServletRequest() instanceof HttpServletRequest request) {
      RequestUnit unit = RequestUnit.of(request);
      if (unit != null) {
        leave(unit, request);
      }
    }
  }

  /** The servlet thread leaves the request here, also when the request goes on elsewhere. */
  private static void leave(RequestUnit unit, HttpServletRequest request) {
    unit.leaveThread();
    if (!request.isAsyncStarted()) {
      unit.closeIfOpen();
      return;
    }
    if (unit.isEventStream()) {
      unit.end();
      return;
    }
    try {
      request.getAsyncContext().addListener(new CloseAfterAsync(unit));
    } catch (IllegalStateException e) {
      // The request was completed just now, by another thread, and its stages with it.
      unit.closeIfOpen();
    }
  }

  private record CloseAfterAsync(RequestUnit unit) implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) {
      unit.closeIfOpen();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      unit.answerTimeOut();
      unit.abandonIfOpen();
    }

    @Override
    public void onError(AsyncEvent event) {
      unit.abandonIfOpen();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }
}
