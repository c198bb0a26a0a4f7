/** xmlbuilder2 takes what looks like an entity for one, and leaves it as it is: `&lt;` would be read as `<`. */
export const xmlText = (text: string): string => text.replaceAll(/&(?=[A-Za-z]+;|#\d+;)/g, '&amp;');
