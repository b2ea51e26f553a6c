package dev.muster.coordination.partition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionKeyTest {
    @Test
    void textIsItsUtf8Bytes() {
        assertThat(PartitionKey.of("чупакабра").toBytes()).isEqualTo("чупакабра".getBytes(UTF_8));
    }

    @Test
    void numbersAreTheirDecimalDigits() {
        assertThat(PartitionKey.of(4242).toBytes()).isEqualTo("4242".getBytes(UTF_8));
        assertThat(PartitionKey.of(Long.MIN_VALUE).toBytes()).isEqualTo("-9223372036854775808".getBytes(UTF_8));
    }

    @Test
    void bytesAreThemselvesAndCannotBeChangedAfterwards() {
        byte[] bytes = {1, 2};
        PartitionKey key = PartitionKey.of(bytes);
        bytes[0] = 9;
        key.toBytes()[1] = 9;
        assertThat(key.toBytes()).containsExactly(1, 2);
    }

    @Test
    void bytesOfPythonPeersAreTheirTextInPython() {
        assertThat(python("abc")).isEqualTo("b'abc'");
        assertThat(python("")).isEqualTo("b''");
        assertThat(python("it's")).isEqualTo("b\"it's\"");
        assertThat(python("say \"hi\"")).isEqualTo("b'say \"hi\"'");
        assertThat(python("it's \"it\"")).isEqualTo("b'it\\'s \"it\"'");
        assertThat(python("\t\n\r\\ ~\u007f")).isEqualTo("b'\\t\\n\\r\\\\ ~\\x7f'");
        assertThat(python("\u0000\u001f\u0080\u00ff")).isEqualTo("b'\\x00\\x1f\\x80\\xff'");
    }

    private static String python(String bytes) {
        return new String(PartitionKey.ofPythonBytes(bytes.getBytes(ISO_8859_1)).toBytes(), UTF_8);
    }
}
