package dev.muster.coordination.group;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A member as an entry of the group's directory: its value is the JSON {@code [joinedAtMillis, capabilities]}. */
final class MemberEntry {

    private static final String PREFIX = "m.";
    private static final JsonFactory JSON = new JsonFactory();

    private MemberEntry() {}

    static String name(String memberId) {
        return PREFIX + memberId;
    }

    static boolean isMember(String entryName) {
        return entryName.startsWith(PREFIX);
    }

    static String memberId(String entryName) {
        return entryName.substring(PREFIX.length());
    }

    static Bytes encode(Instant joinedAt, Capabilities capabilities) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartArray();
            json.writeNumber(joinedAt.toEpochMilli());
            write(json, capabilities.value());
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return Bytes.wrap(out.toByteArray());
    }

    /** What cannot be read (a foreign writer) shows as a member without capabilities. */
    static Member decode(Entry entry) {
        Instant joinedAt = Instant.EPOCH;
        Capabilities capabilities = Capabilities.NONE;
        try (JsonParser json = JSON.createParser(entry.value().toByteArray())) {
            json.nextToken();
            if (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                joinedAt = Instant.ofEpochMilli(json.getLongValue());
                capabilities = Capabilities.of(read(json, json.nextToken()));
            }
        } catch (IOException e) {
            capabilities = Capabilities.NONE;
        }
        return new Member(memberId(entry.name()), capabilities, entry.created(), entry.modified(), joinedAt);
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName((String) entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object item : list) {
                write(json, item);
            }
            json.writeEndArray();
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof BigInteger number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof String text) {
            json.writeString(text);
        } else {
            json.writeNull();
        }
    }

    private static @Nullable Object read(JsonParser json, @Nullable JsonToken token) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                map.put(name, read(json, json.nextToken()));
            }
            return map;
        }
        if (token == JsonToken.START_ARRAY) {
            List<@Nullable Object> list = new ArrayList<>();
            for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
                list.add(read(json, item));
            }
            return list;
        }
        if (token == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return json.getNumberValue();
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            return json.getDoubleValue();
        }
        return (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) ? json.getBooleanValue() : null;
    }
}
