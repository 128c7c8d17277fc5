/** Every image that these objects name, each once: those of pods, and fields `image` of resources that make pods. */
export function imagesIn(objects: readonly object[]): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === "object" && value !== null)
      for (const [name, inner] of Object.entries(value))
        if (name === "image" && typeof inner === "string") found.add(inner);
        else look(inner);
  };
  objects.forEach(look);
  return [...found];
}
