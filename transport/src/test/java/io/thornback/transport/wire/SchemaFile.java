/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The schema as its file says it, read without the generator. */
final class SchemaFile {
    /**
     * A message, or a group in one.
     *
     * @param fields offset of each in the block, in order
     */
    record Part(String name, int blockLength, Map<String, Integer> fields, List<Part> groups, List<String> texts) {}

    /** By template id. */
    final Map<Integer, Part> messages = new LinkedHashMap<>();

    private final Map<String, Integer> sizes =
            new HashMap<>(Map.of("uint8", 1, "uint16", 2, "int32", 4, "uint32", 4, "int64", 8));

    SchemaFile() throws Exception {
        final Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new File("src/main/sbe/thornback.xml"))
                .getDocumentElement();
        for (Element types : children(root, "types")) {
            for (Element type : children(types, "type")) {
                final String length = type.getAttribute("length");
                sizes.put(
                        type.getAttribute("name"),
                        sizes.get(type.getAttribute("primitiveType"))
                                * (length.isEmpty() ? 1 : Integer.parseInt(length)));
            }
            for (Element type : children(types, "enum")) {
                sizes.put(type.getAttribute("name"), sizes.get(type.getAttribute("encodingType")));
            }
        }
        for (Element message : children(root, "sbe:message")) {
            messages.put(Integer.parseInt(message.getAttribute("id")), part(message));
        }
    }

    private Part part(Element element) {
        int blockLength = 0;
        final Map<String, Integer> fields = new LinkedHashMap<>();
        for (Element field : children(element, "field")) {
            fields.put(field.getAttribute("name"), blockLength);
            blockLength += sizes.get(field.getAttribute("type"));
        }
        final List<Part> groups = new ArrayList<>();
        for (Element group : children(element, "group")) {
            groups.add(part(group));
        }
        final List<String> texts = new ArrayList<>();
        for (Element text : children(element, "data")) {
            texts.add(text.getAttribute("name"));
        }
        return new Part(element.getAttribute("name"), blockLength, fields, groups, texts);
    }

    private static List<Element> children(Element parent, String tag) {
        final List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(tag)) {
                found.add(element);
            }
        }
        return found;
    }
}
