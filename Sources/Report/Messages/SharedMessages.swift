/// What several pages say.
package enum SharedKey: String, MessageKey {
  case title, skip, pages, cohort, reassignment, participants, asTable, group, reached, reachedOf
  case before, target, minimum, maximum, targetIs, minimumIs, maximumIs, about, aboutText
  case illustrative, source, fromSample, fromFile, fromServer, author, definition
  case definitionVersion, pairing, pairedNow, pairedBefore, readFrom, mapCredit

  package var message: Message {
    switch self {
    case .title: Message("Dossier", "Dosier", "Dossiê")
    case .skip: Message("Skip to the content", "Ir al contenido", "Ir para o conteúdo")
    case .pages: Message("Pages", "Páginas", "Páginas")
    case .cohort: Message("Cohort", "Cohorte", "Coorte")
    case .reassignment: Message("Reassignment", "Reasignación", "Reatribuição")
    case .participants: Message("Participants", "Participantes", "Participantes")
    case .asTable:
      Message("The figures as a table", "Las cifras en una tabla", "Os números em uma tabela")
    case .group: Message("Group", "Grupo", "Grupo")
    case .reached: Message("Reached", "Alcanzado", "Alcançado")
    case .reachedOf: Message("{0} of {1}", "{0} de {1}", "{0} de {1}")
    case .before: Message("Before", "Antes", "Antes")
    case .target: Message("Target", "Objetivo", "Meta")
    case .minimum: Message("Minimum", "Mínimo", "Mínimo")
    case .maximum: Message("Maximum", "Máximo", "Máximo")
    case .targetIs: Message("target {0}", "objetivo {0}", "meta {0}")
    case .minimumIs: Message("minimum {0}", "mínimo {0}", "mínimo {0}")
    case .maximumIs: Message("maximum {0}", "máximo {0}", "máximo {0}")
    case .about: Message("About this file", "Sobre este archivo", "Sobre este arquivo")
    case .aboutText:
      Message(
        "Encuentro computed these results; deciding about them is for people. The file holds "
          + "everything it shows: it opens without a network, loads nothing and sends nothing. "
          + "Opened again, it shows the same.",
        "Encuentro calculó estos resultados; decidir sobre ellos corresponde a las personas. "
          + "El archivo contiene todo lo que muestra: se abre sin red, no carga nada ni envía "
          + "nada. Al abrirlo de nuevo muestra lo mismo.",
        "O Encuentro calculou estes resultados; decidir sobre eles cabe às pessoas. O arquivo "
          + "contém tudo o que mostra: abre sem rede, não carrega nem envia nada. Aberto de novo, "
          + "mostra o mesmo.")
    case .illustrative:
      Message(
        "The sample’s plans are illustrative texts, written for the purpose; they are no "
          + "official documents of the participants.",
        "Los planes de la muestra son textos ilustrativos, escritos para este fin; no son "
          + "documentos oficiales de los participantes.",
        "Os planos da amostra são textos ilustrativos, escritos para este fim; não são "
          + "documentos oficiais dos participantes.")
    case .source: Message("Participants", "Participantes", "Participantes")
    case .fromSample:
      Message(
        "The program’s own sample",
        "La muestra del propio programa informático",
        "A amostra do próprio software")
    case .fromFile: Message("The file {0}", "El archivo {0}", "O arquivo {0}")
    case .fromServer: Message("The server {0}", "El servidor {0}", "O servidor {0}")
    case .author: Message("Responsible", "Responsable", "Responsável")
    case .definition: Message("Programme", "Programa", "Programa")
    case .definitionVersion:
      Message(
        "{0}, version {1} of its definition",
        "{0}, versión {1} de su definición",
        "{0}, versão {1} da sua definição")
    case .pairing: Message("Pairing", "Emparejamiento", "Pareamento")
    case .pairedNow:
      Message(
        "Made for this file; objective: {0}; seed {1}",
        "Hecho para este archivo; objetivo: {0}; semilla {1}",
        "Feito para este arquivo; objetivo: {0}; semente {1}")
    case .pairedBefore:
      Message(
        "Read from {2}; objective: {0}; seed {1}",
        "Leído de {2}; objetivo: {0}; semilla {1}",
        "Lido de {2}; objetivo: {0}; semente {1}")
    case .readFrom: Message("Read from {0}", "Leída de {0}", "Lida de {0}")
    case .mapCredit:
      Message(
        "Coastlines: Natural Earth, public domain. Projection: Equal Earth, which keeps "
          + "areas.",
        "Costas: Natural Earth, dominio público. Proyección: Equal Earth, que conserva las "
          + "áreas.",
        "Costas: Natural Earth, domínio público. Projeção: Equal Earth, que conserva as "
          + "áreas.")
    }
  }
}
