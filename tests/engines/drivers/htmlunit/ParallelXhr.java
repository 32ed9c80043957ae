import com.gargoylesoftware.htmlunit.javascript.background.BackgroundJavaScriptFactory;
import com.gargoylesoftware.htmlunit.javascript.background.JavaScriptJob;
import java.util.concurrent.Semaphore;
import net.sourceforge.htmlunit.corejs.javascript.ContextAction;
import net.sourceforge.htmlunit.corejs.javascript.ContextFactory;

/**
 * Asynchronous requests that don't stop the page.
 *
 * <p>HtmlUnit runs them on the one thread that also runs timers, so that a held poll would stop the clock. A browser doesn't: here
 * each has a thread of its own, while what it calls back still takes the page's lock. No more than `-Dxhr.max` are on their way
 * at once; two are what IE6 and IE7 grant to a host.
 */
public final class ParallelXhr extends BackgroundJavaScriptFactory {
    private static final Semaphore SLOTS = new Semaphore(Integer.getInteger("xhr.max", 2), true);

    private ParallelXhr() { }

    static void install() {
        BackgroundJavaScriptFactory.setFactory(new ParallelXhr());
    }

    @Override
    public JavaScriptJob createJavascriptXMLHttpRequestJob(ContextFactory factory, ContextAction action) {
        return new Beside(super.createJavascriptXMLHttpRequestJob(factory, action));
    }

    private static final class Beside implements JavaScriptJob {
        private final JavaScriptJob job;

        Beside(JavaScriptJob job) {
            this.job = job;
        }

        @Override
        public void run() {
            Thread thread = new Thread(this::runInTurn, "xhr");
            thread.setDaemon(true);
            thread.start();
        }

        private void runInTurn() {
            SLOTS.acquireUninterruptibly();
            try {
                job.run();
            } finally {
                SLOTS.release();
            }
        }

        @Override
        public Integer getId() {
            return job.getId();
        }

        @Override
        public void setId(Integer id) {
            job.setId(id);
        }

        @Override
        public long getTargetExecutionTime() {
            return job.getTargetExecutionTime();
        }

        @Override
        public void setTargetExecutionTime(long time) {
            job.setTargetExecutionTime(time);
        }

        @Override
        public Integer getPeriod() {
            return null;
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public boolean isExecuteAsap() {
            return job.isExecuteAsap();
        }

        @Override
        public int compareTo(JavaScriptJob other) {
            return job.compareTo(other);
        }
    }
}
