"""The words of exports for columns, states, priorities, channels and ratings in several languages, for guesses."""

from typing import get_args

from api.importing.word_meaning import KnownWords
from domain.ticket.state import TicketStateName

COLUMNS = KnownWords(
    {
        "ticket": """
            ticket|ticket id|ticket number|ticketnumber|ticket#|id|number|key|issue key|case number|case id|#
            incident|request id|mã phiếu|conversation id|conversation number|issue id|caseid|ticketid|call id|sr number
            mã ticket|số phiếu|mã yêu cầu|clave|clave de incidencia
            clave de la incidencia|número|numero|folio|id de ticket|nº|chamado|número do chamado|nº do chamado
            nr|nr.|référence|referência|mã
            ticketnummer|vorgangsnummer|nummer|numéro|n°|clé|clé de ticket|ключ|ключ задачи|номер|номер заявки
            номер обращения
        """,
        "created": """
            created|created at|created on|created time|started at|conversation started at|aberto em|creation date
            create date|date created|opened|opened at
            opened on|opening date|open date|open time|createtime|reported|received|submitted|start time|ngày tạo
            thời gian tạo|thời gian tiếp nhận|ngày tiếp nhận|ngày nhận|tạo lúc|creada|creado|fecha de creación
            fecha creación
            fecha de apertura|fecha apertura|criado|criada|criado em|data de criação|data de abertura|abertura
            data abertura|erstellt|erstellt am|erstelldatum|eröffnet|angelegt|créé|créé le|création|date de création
            date d'ouverture|ouvert le|ouverture|создано|создан|дата создания|дата открытия
        """,
        "updated": """
            updated|updated at|updated on|last updated|last update|last update time|last modified|changed|modified
            sys_updated_on|changetime|cập nhật|cập nhật lần cuối|ngày cập nhật|actualizada|actualizado
            última actualización|fecha de actualización|atualizado|atualizado em|última atualização
            última modificação|aktualisiert|geändert|letzte änderung|zuletzt geändert|mis à jour
            dernière modification|mise à jour|обновлено|изменено|дата обновления|дата изменения
        """,
        "resolved": """
            resolved|resolved at|resolved on|resolved time|resolution date|solved|solved at|solved on|resolved date
            completed|completed time|done|finished|time to resolution|time to close|resolution time|ngày hoàn thành
            ngày giải quyết|hoàn thành lúc|ngày xử lý xong
            xử lý xong|thời gian hoàn thành|thời gian kết thúc
            resuelta|resuelto|fecha de resolución|fecha resolución|resolvido|resolvida|data de solução
            data de resolução|solução|gelöst|gelöst am|erledigt|lösungsdatum|résolu|résolu le|résolue|date de résolution
            решено|дата решения|выполнено
        """,
        "closed": """
            closed|closed at|closed on|closed time|closed date|close time|close at|closing date|close date|ngày đóng
            thời gian đóng|cerrada|cerrado|fecha de cierre|fecha cierre|fechado|fechado em|data de fechamento
            fechamento|encerrado em|geschlossen|geschlossen am|abgeschlossen am|abgeschlossen|fermé|fermé le|clos le
            clôturé le|date de clôture|clôturé|ngày kết thúc|закрыто|дата закрытия
        """,
        "first_reply": """
            first response|first reply|first response time|initial response time|first_reply|first response at
            first response secs|time to first response|time to first reply|first admin reply at|primeira ação
            responded|responded at|responded time|first replied at|first contacted at
            ngày phản hồi|thời gian phản hồi|phản hồi đầu tiên|phản hồi lần đầu|primera respuesta
            fecha de primera respuesta
            primeira resposta|erste antwort|erstantwort|première réponse|первый ответ
        """,
        "waiting": """
            waiting since|on hold since|pending since|chờ từ|en espera desde|em espera desde|wartet seit
            en attente depuis
        """,
        "due": """
            due|due date|due at|due by|due by time|dueby time|sla due date|time to resolve|hạn xử lý|hạn chót
            hạn hoàn thành
            vencimiento|fecha de vencimiento|fecha límite|vencimento|prazo|data de vencimento|fällig|fällig am
            fälligkeitsdatum|échéance|date d'échéance|срок|срок исполнения
        """,
        "time": """
            time|timestamp|date|datetime|event time|changed at|complete timestamp|time:timestamp|thời gian|ngày
            ngày giờ|fecha|fecha y hora|data
            data e hora|zeit|datum|zeitpunkt|heure|дата|время
        """,
        "hour": """
            hour|time of day|giờ|giờ tạo|giờ nhận|hora|hora de creación|hora de abertura|uhrzeit|heure|час|время
        """,
        "state": """
            status|state|current status|ticket status|incident_state|activity|concept:name|trạng thái|tình trạng|estado
            situação|zustand
            statut|état|etat|статус|состояние
        """,
        "priority": """
            priority|urgency|severity|độ ưu tiên|mức độ ưu tiên|ưu tiên|mức độ|prioridad|urgencia|prioridade
            urgência|priorität|dringlichkeit|priorité|urgence|приоритет|срочность
        """,
        "agent": """
            agent|assignee|assigned to|assigned_to|teammate|resource|org:resource|agent assigned|owner|technician
            handled by
            assigned to - technician|người xử lý|nhân viên|người phụ trách|người được giao|nhân viên xử lý
            nv xử lý|nv tiếp nhận|người tiếp nhận|tổng đài viên|nv phụ trách|cán bộ xử lý|phụ trách|kỹ thuật viên
            persona asignada|asignado a|asignado|agente|técnico|responsable|responsável|atribuído
            atribuído - técnico|atribuído a|bearbeiter|zugewiesen an|besitzer|zugewiesene person|assigné à
            fallinhaber|inhaber|atendente|operador|operator|case owner|chuyên viên|chuyên viên xử lý
            assignee.name|assignee.email|assignee.username
            attribué à|technicien|исполнитель|ответственный
        """,
        "team": """
            group|team|queue|department|assignment group|assignment_group|support group|bộ phận|nhóm|phòng ban|đội
            grupo|equipo|cola|departamento|grupo asignado|equipe|fila|setor|gruppe|abteilung|warteschlange|groupe
            équipe|file|service|группа|отдел|очередь
        """,
        "customer": """
            customer|requester|reporter|client|caller|caller_id|email|from email|customer id|requester_id|contact
            requestor|requestors|requesters|contact name|contact email|customer email|requester email|user email
            associated contact|kontakt|kontakt-e-mail|kundenname|nome do cliente|nombre del cliente
            customer.email|requester.email|primarycustomer.email|reporter.email|sender
            requester - requester|author|khách hàng|người yêu cầu|tên khách hàng|họ tên|họ tên kh|tên kh|informador
            informante|solicitante
            cliente|requerente|requerente - requerente|kunde|melder|anforderer|autor|demandeur|rapporteur|auteur
            заявитель|автор|клиент
        """,
        "subject": """
            subject|title|summary|short description|short_description|ticket name|nội dung|tiêu đề|chủ đề|resumen
            asunto|título
            titulo|assunto|resumo|betreff|titel|zusammenfassung|thema|titre|résumé|objet|sujet|тема|название|заголовок
        """,
        "body": """
            description|body|details|mô tả|chi tiết|descripción|descrição|beschreibung|description détaillée
            описание
        """,
        "channel": """
            channel|source|via|mode|contact type|contact_type|request source|origin|case origin|kênh|nguồn
            kênh tiếp nhận|canal|origen
            fuente|origem|kanal|quelle|eingangskanal|source de la demande|канал|источник
        """,
        "category": """
            category|type|issue type|ticket type|help topic|tracker|loại yêu cầu|phân loại|loại|danh mục|categoría
            tipo|tipo de incidencia|tipo de solicitud|categoria|kategorie|typ|vorgangstyp|catégorie|категория|тип
            тип задачи
        """,
        "comment": """
            comment|comments|note|notes|work notes|work_notes|last notes|ghi chú|bình luận|nhận xét|comentario
            comentarios|notas|comentário|comentários|observações|kommentar|kommentare|notiz|commentaire|commentaires
            комментарий|комментарии|примечание
        """,
        "satisfaction": """
            satisfaction|satisfaction score|satisfaction rating|csat|rating|survey results|csat score|happiness rating
            conversation rating|điểm hài lòng|điểm đánh giá|hài lòng
            customer satisfaction rating|đánh giá|mức độ hài lòng
            satisfacción|calificación|valoración|satisfação|avaliação|zufriedenheit|bewertung|satisfaction client
            оценка|удовлетворенность
        """,
        "effort": """
            time spent|time tracked|spent time|effort|handling time|accounted time|time worked|thời gian xử lý
            thời gian xử lý (phút)|tiempo invertido|tiempo dedicado|tempo gasto|tempo total|aufwand|zeitaufwand
            temps passé|затраченное время|трудозатраты
        """,
        "resolution": """
            resolution|solution|close notes|close_notes|kết quả|cách xử lý|resolución|solución|resolução|lösung
            résolution|решение|резолюция
        """,
    }
)
"""From the name of a column to its role."""

STATES = KnownWords(
    {
        "received": """
            new|open|opened|submitted|to do|todo|backlog|received|reopened|unassigned|mới|mở|chưa xử lý|mới tạo
            tiếp nhận
            đã tiếp nhận|chờ tiếp nhận|chờ xử lý|đang mở|mở lại|phiếu mới
            nuevo|nueva|abierto|abierta|por hacer|reabierto|novo|nova|aberto|aberta|reaberto|neu|offen|nouveau
            nouvelle|ouvert|ouverte|à faire|новый|новая|открыт|открыта|открыто|открытый|создан
        """,
        "assigned": """
            assigned|queued|waiting for support|đã phân công|đã giao|đã nhận|đã chuyển
            asignado|asignada|esperando por ayuda|atribuído|zugewiesen|assigné|attribué|назначен|назначена
            processing (assigned)
        """,
        "in_progress": """
            active|in progress|work in progress|processing|started|working|escalated|đang xử lý|đang thực hiện
            đang giải quyết|đang làm|đang kiểm tra|waiting on us|ongoing|under investigation
            en curso|en progreso|en proceso|trabajo en curso|em andamento|em atendimento|em progresso|in bearbeitung
            in arbeit|en cours|en cours de traitement|в работе|в процессе|в процессе работы|processing (planned)
            em atendimento (atribuído)|em atendimento (planejado)|en cours (attribué)|en cours (planifié)
        """,
        "waiting:customer": """
            waiting|waiting for customer|waiting on customer|awaiting user info|awaiting caller|pending
            awaiting customer|awaiting reply|waiting for user|waiting on user|waiting for reply|pending customer
            pending reminder|feedback|snoozed|wait for reply|waiting on contact|chờ khách hàng|chờ khách|chờ phản hồi
            chờ thông tin
            đợi khách|đang chờ
            đang chờ khách hàng|đang chờ khách|đang chờ phản hồi|khách chưa phản hồi|esperando por el cliente
            en espera del cliente|pendiente|en espera|aguardando cliente|pendente|em espera|warten auf kunden
            warten auf rückmeldung|wartend|en attente|en attente du client|ожидание|ожидает клиента|ожидание клиента
        """,
        "waiting:third_party": """
            hold|on-hold|waiting for third party|awaiting vendor|vendor|supplier|chờ đối tác|chờ bên thứ ba
            chờ nhà cung cấp|chờ hãng|pending vendor|waiting on vendor|waiting on third party
            esperando al proveedor|aguardando fornecedor|warten auf dritte|en attente du fournisseur
        """,
        "waiting:internal": """
            on hold|onhold|awaiting problem|awaiting change|awaiting evidence|waiting for approval|paused|tạm dừng
            tạm hoãn|tạm ngưng|chờ nội bộ|chờ bộ phận|chờ phê duyệt|chờ duyệt|en pausa|pausado|pausiert|suspendu
            приостановлен|отложен
        """,
        "resolved": """
            resolved|solved|done|fixed|verified|completed|đã giải quyết|đã xử lý|hoàn thành|hoàn tất|xong
            resuelto|resuelta|listo|finalizada|resolvido|resolvida|solucionado|concluído|gelöst|erledigt|fertig|résolu
            résolue|terminé|решен
            решена|решено|готово|выполнен|выполнено
        """,
        "closed": """
            closed|closed successful|closed unsuccessful|closed with workaround|archived|complete|đã đóng|đóng|kết thúc
            cerrado|cerrada|fechado|fechada|encerrado|geschlossen|abgeschlossen|fermé|fermée|clos|clôturé|закрыт
            закрыта|закрыто
        """,
        "cancelled": """
            cancelled|canceled|rejected|declined|deleted|removed|withdrawn|hủy|đã hủy|từ chối
            cancelado|cancelada|rechazado|rejeitado|abgebrochen|abgelehnt|storniert|annulé|annulée|rejeté|отменен
            отменена
            отменено|отклонен
        """,
        "cancelled:duplicate": """
            merged|duplicate|trùng|trùng lặp|duplicado|duplicada|fusionado|mesclado|doppelt|zusammengeführt
            doublon|fusionné|дубликат|объединен|объединена
        """,
        "cancelled:spam": """
            spam|junk|thư rác|lixo
        """,
    }
)
"""From the word of a state to its kind."""
OWN_STATES = {word: key for word in get_args(TicketStateName) if (key := STATES.key(word))}
"""The words that exports of this program write."""

PRIORITIES = KnownWords(
    {
        "P1": """
            p1|1|1 - critical|critical|urgent|highest|immediate|emergency|blocker|very high|5 very high|major
            p0|s1|sev1|sev 1|showstopper|show-stopper|asap|gấp|hỏa tốc|khẩn cấp|khẩn|rất cao|nghiêm trọng|crítica
            crítico|urgente|muy alta|la más alta|muito alta|kritisch|dringend|sehr hoch|critique|très haute|критический
            срочный|очень высокий|наивысший|высочайший
        """,
        "P2": """
            p2|2|2 - high|high|4 high|s2|sev2|sev 2|important|cao|quan trọng|alta|alto|hoch|haute|élevée|высокий
        """,
        "P3": """
            p3|3|3 - moderate|medium|normal|moderate|3 normal|s3|sev3|sev 3|standard|trung bình|bình thường
            thông thường|thường|vừa|media|medio|média|mittel|moyenne|normale|средний|обычный|нормальный
        """,
        "P4": """
            p4|4|5|4 - low|5 - planning|low|lowest|very low|minor|trivial|2 low|1 very low|s4|sev4|sev 4
            thấp|rất thấp|không gấp|không khẩn cấp|baja|bajo|muy baja|baixa|niedrig|gering|sehr niedrig|basse|faible
            très basse|низкий|очень низкий|самый низкий
        """,
    }
)
"""From the word of a priority to ours."""

CHANNELS = KnownWords(
    {
        "hotline": """
            phone|phone call|telephone|call|voice|hotline|call center|điện thoại|gọi điện|cuộc gọi|tổng đài
            đường dây nóng|teléfono|llamada|telefone|ligação|telefon|anruf|téléphone|appel|телефон|звонок
        """,
        "email": """
            email|e-mail|mail|thư điện tử|hộp thư|correo|correo electrónico|courriel|почта|электронная почта
        """,
        "zalo": """
            zalo|zalo oa
        """,
        "facebook": """
            facebook|fb|messenger|fanpage
        """,
        "livechat": """
            chat|live chat|livechat|webchat|web chat|messaging|trò chuyện|чат
        """,
        "form": """
            web|web form|webform|form|website|online|portal|customer portal|self-service|feedback widget|web widget
            helpdesk
            formcreator|biểu mẫu|trang web|cổng thông tin|formulario|formulário|formular|formulaire|сайт|форма
        """,
        "app": """
            app|mobile app|mobile|in-app|mobile sdk|ứng dụng|aplicación|aplicativo|приложение
        """,
        "other": """
            other|api|khác|otro|outro|andere|sonstige|autre|другое
        """,
    }
)
"""From the word of a channel to ours."""

SCORES = KnownWords(
    {
        "5": """
            good|great|good, with comment|very satisfied|extremely satisfied|very happy|extremely happy|rất hài lòng
            muy satisfecho|muito satisfeito|sehr zufrieden|très satisfait|очень доволен
        """,
        "4": """
            satisfied|happy|hài lòng|satisfecho|satisfeito|zufrieden|satisfait|доволен
        """,
        "3": """
            neutral|okay|ok|bình thường|neutro|neutre|нейтрально
        """,
        "2": """
            dissatisfied|unhappy|không hài lòng|insatisfecho|insatisfeito|unzufrieden|insatisfait|недоволен
        """,
        "1": """
            bad|not good|bad, with comment|very dissatisfied|extremely dissatisfied|very unhappy|extremely unhappy
            rất không hài lòng|muy insatisfecho|muito insatisfeito|sehr unzufrieden|très insatisfait|очень недоволен
        """,
    }
)
"""From the word of a rating to its score."""
