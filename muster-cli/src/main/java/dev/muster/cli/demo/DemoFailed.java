package dev.muster.cli.demo;

/** Something did not come about that the demo shows. */
final class DemoFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    DemoFailed(String message) {
        super(message);
    }
}
