import com.gargoylesoftware.htmlunit.*;
import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.gargoylesoftware.htmlunit.javascript.JavaScriptErrorListener;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLDecoder;
import java.net.URLEncoder;

/**
 * Drives HtmlUnit by lines: `Driver BROWSER`, BROWSER being a constant of HtmlUnit's BrowserVersion such as INTERNET_EXPLORER_6.
 *
 * <p>Read from standard input: `NUMBER open URL` and `NUMBER evaluate CODE`, arguments URL-encoded. Written to standard output:
 * `NUMBER done VALUE` or `NUMBER failed WHY`, and of its own accord `log TEXT`. It ends with its input, so never outlives
 * the test that started it.
 */
public final class Driver {
    private final WebClient client;

    private Driver(BrowserVersion version) {
        client = new WebClient(version);
        WebClientOptions options = client.getOptions();
        options.setThrowExceptionOnScriptError(false);
        options.setThrowExceptionOnFailingStatusCode(false);
        options.setCssEnabled(false);
        // What a held poll needs at the most, and more.
        options.setTimeout(90_000);
        options.setUseInsecureSSL(true);
        // The default controller makes an asynchronous request synchronous where it follows a click.
        client.setAjaxController(new AjaxController());
        client.setIncorrectnessListener((message, origin) -> { });
        client.setAlertHandler((page, message) -> say("log", "alert: " + message));
        client.setConfirmHandler((page, message) -> true);
        client.setJavaScriptErrorListener(new Complaints());
    }

    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        ParallelXhr.install();
        Driver driver = new Driver((BrowserVersion) BrowserVersion.class.getField(arguments[0]).get(null));
        say("log", "ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            try {
                say(words[0] + " done", driver.obey(words[1], URLDecoder.decode(words[2], "UTF-8")));
            } catch (Throwable failure) {
                say(words[0] + " failed", failure.toString());
            }
        }
        // Threads that wait for an answer would keep the machine alive.
        Runtime.getRuntime().halt(0);
    }

    private String obey(String verb, String argument) throws Exception {
        if (verb.equals("open")) {
            client.getPage(argument);
            return "";
        }
        Page page = client.getCurrentWindow().getTopWindow().getEnclosedPage();
        return String.valueOf(((HtmlPage) page).executeJavaScript(argument).getJavaScriptResult());
    }

    private static synchronized void say(String what, String argument) {
        try {
            System.out.println(what + " " + URLEncoder.encode(argument, "UTF-8"));
        } catch (java.io.UnsupportedEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
        System.out.flush();
    }

    /** What the page's scripts do wrong is part of what a failing test has to show. */
    private static final class Complaints implements JavaScriptErrorListener {
        @Override
        public void scriptException(HtmlPage page, ScriptException error) {
            say("log", "script error: " + error.getMessage() + ", line " + error.getFailingLineNumber());
        }

        @Override
        public void timeoutError(HtmlPage page, long allowed, long taken) {
            say("log", "script took too long: " + taken + " ms");
        }

        @Override
        public void malformedScriptURL(HtmlPage page, String url, MalformedURLException error) {
            say("log", "script with a malformed address: " + url);
        }

        @Override
        public void loadScriptError(HtmlPage page, URL url, Exception error) {
            say("log", "script could not be loaded: " + url + ": " + error);
        }
    }
}
